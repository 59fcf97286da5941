import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button } from '@mantine/core';
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type ConsolePerson, listPeople } from '#contract/console.ts';
import { call } from '../call.ts';
import { Page } from '../ui/page.tsx';
import { Waiting } from '../ui/states.tsx';
import { When } from '../ui/when.tsx';
import classes from './console.module.css';
import { MoreButton } from './more-button.tsx';
import { Refusal } from './refusal.tsx';
import { RolesForm } from './roles-form.tsx';

const peopleQuery = infiniteQueryOptions({
  queryKey: ['console', 'people'],
  queryFn: ({ pageParam }) => call(listPeople, { before: pageParam }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
});

/** Members, newest first; addresses are masked. */
export function PeoplePage() {
  const { t } = useLingui();
  const pages = useInfiniteQuery(peopleQuery);
  const [edited, setEdited] = useState<ConsolePerson | null>(null);
  const states = { active: t`Active`, closing: t`Closing`, erased: t`Erased` };
  const rolesText = ({ staffRoles }: ConsolePerson) =>
    staffRoles.length === 0 ? t`Member` : staffRoles.join(', ');
  return (
    <Page title={t`People`}>
      {edited === null ? null : <RolesForm key={edited.id} person={edited} onDone={() => setEdited(null)} />}
      {pages.isPending ? <Waiting what={<Trans>the people</Trans>} rows={10} height={32} /> : null}
      <Refusal error={pages.error} onRetry={() => void pages.refetch()} />
      {pages.data ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
        <section className={classes.scroll} aria-label={t`People`} tabIndex={0}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t`Name`}</th>
                <th scope="col">{t`E-mail`}</th>
                <th scope="col">{t`Country`}</th>
                <th scope="col">{t`Since`}</th>
                <th scope="col">{t`Confirmed`}</th>
                <th scope="col">{t`State`}</th>
                <th scope="col">{t`Roles`}</th>
                <th scope="col">{t`Wallet`}</th>
              </tr>
            </thead>
            <tbody>
              {pages.data.pages
                .flatMap((page) => page.items)
                .map((person) => (
                  <tr key={person.id}>
                    <td dir="auto">{person.displayName}</td>
                    <td>
                      <bdi dir="ltr">{person.emailMasked}</bdi>
                    </td>
                    <td>{person.country}</td>
                    <td>
                      <When at={person.createdAt} />
                    </td>
                    <td>{person.emailVerified ? t`Yes` : t`No`}</td>
                    <td>{states[person.state]}</td>
                    <td>
                      <Button
                        variant="subtle"
                        size="compact-sm"
                        aria-label={t`Roles of ${person.displayName}: ${rolesText(person)}`}
                        aria-expanded={edited?.id === person.id}
                        onClick={() => setEdited(edited?.id === person.id ? null : person)}
                      >
                        {rolesText(person)}
                      </Button>
                    </td>
                    <td>
                      <Anchor
                        component={Link}
                        to={`/money/people/${person.id}` as never}
                        size="sm"
                        aria-label={t`Money of ${person.displayName}`}
                      >
                        {t`Money`}
                      </Anchor>
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      ) : null}
      <MoreButton pages={pages} />
    </Page>
  );
}
