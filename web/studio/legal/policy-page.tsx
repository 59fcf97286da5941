import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Text, Title } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { notFound, useParams } from '@tanstack/react-router';
import { getPolicy } from '#contract/privacy.ts';
import { call } from '../../call.ts';
import { LinkText } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import { Authorities } from '../privacy/authorities.tsx';
import classes from './legal.module.css';

type Document = 'terms' | 'privacy';

const policyQuery = (document: Document) =>
  queryOptions({
    queryKey: ['policy', document],
    queryFn: () => call(getPolicy, { document }),
    staleTime: 60 * 60_000,
  });

/** The terms or the privacy policy in force, with the numbers of its clauses. */
export function PolicyPage() {
  const { t } = useLingui();
  const { document } = useParams({ from: '/legal/$document' });
  if (document !== 'terms' && document !== 'privacy') throw notFound();
  return (
    <Page title={document === 'terms' ? t`Terms of service` : t`Privacy policy`} width="text">
      <Policy document={document} />
    </Page>
  );
}

function Policy({ document }: { document: Document }) {
  const { t } = useLingui();
  const policy = useQuery(policyQuery(document));
  if (policy.isPending) return <Waiting what={<Trans>the document</Trans>} rows={6} height={96} />;
  if (policy.isError) return <ProblemAlert error={policy.error} onRetry={() => void policy.refetch()} />;
  const { version, lastUpdated, sections, operator } = policy.data;
  return (
    <article className={classes.document} lang="en" dir="ltr">
      <Text size="sm" c="var(--ml-text-2)">
        <Trans>
          Version {version}, in force since <When at={`${lastUpdated}T00:00:00Z`} only="date" />
        </Trans>
      </Text>
      <Text size="sm" c="var(--ml-text-2)">
        {[operator.name, operator.address, operator.contact].filter(Boolean).join(' · ')}
      </Text>
      {operator.representatives.map(({ place, who }) => (
        <Text key={place} size="sm" c="var(--ml-text-2)">
          <Trans>
            Representative in the {place}: {who}
          </Trans>
        </Text>
      ))}
      <nav className={classes.contents} aria-label={t`Contents`}>
        {sections.map((section) => (
          <Anchor key={section.id} href={`#${section.id}`} size="sm">
            {section.title}
          </Anchor>
        ))}
      </nav>
      {sections.map((section) => (
        <section key={section.id} id={section.id}>
          <Title order={2}>{section.title}</Title>
          {section.paragraphs.map((paragraph) => (
            <p key={`${paragraph.clause}${paragraph.text.slice(0, 24)}`} className={classes.paragraph}>
              <span className={classes.clause}>{paragraph.clause}</span>
              <span className={classes.text}>{paragraph.text}</span>
            </p>
          ))}
          {document === 'privacy' && section.id === '5' ? (
            <LinkText to="/legal/subprocessors">
              <Trans>Who works for us, by name</Trans>
            </LinkText>
          ) : null}
          {document === 'privacy' && section.id === '9' ? <Authorities /> : null}
        </section>
      ))}
    </article>
  );
}
