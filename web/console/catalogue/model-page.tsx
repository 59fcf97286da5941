import { Trans, useLingui } from '@lingui/react/macro';
import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { z } from 'zod';
import type { PriceList, StaffModelDetail } from '#contract/console-catalogue.ts';
import { Amount } from '../../ui/amount.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import shared from '../console.module.css';
import { Refusal } from '../refusal.tsx';
import classes from './catalogue.module.css';
import { MarkupForm } from './markup-form.tsx';
import { OfferForm } from './offer-form.tsx';
import { StaffPrices } from './price-table.tsx';
import { PricesForm } from './prices-form.tsx';
import { modelQuery } from './queries.ts';
import { OfferBadge, OriginBadge, percentText } from './words.tsx';

type Detail = z.output<typeof StaffModelDetail>;

/** One model: its prices of before, now and later, what was edited, and the edits that this person may make. */
export function ConsoleModelPage() {
  const { t } = useLingui();
  const { _splat: id = '' } = useParams({ strict: false }) as { _splat?: string };
  const detail = useQuery(modelQuery(id));
  if (detail.data) return <Shown detail={detail.data} />;
  return (
    <Page title={t`Model`}>
      {detail.isPending ? <Waiting what={<Trans>the model</Trans>} rows={4} height={120} /> : null}
      <Refusal error={detail.error} onRetry={() => void detail.refetch()} />
    </Page>
  );
}

function Shown({ detail }: { detail: Detail }) {
  const { model } = detail;
  const { example } = model;
  return (
    <Page title={model.name} width="full" bare>
      <div className={classes.lead}>
        <div>
          <Title order={1}>{model.name}</Title>
          <bdi dir="ltr" className={classes.id}>
            {model.id}
          </bdi>
        </div>
        <OfferBadge model={model} />
        <OriginBadge origin={model.origin} />
      </div>
      <Text size="sm" c="var(--ml-text-2)" mb="xs">
        <Trans>For its typical call: {example.label}</Trans>
      </Text>
      <dl className={shared.figures}>
        <Figure name={<Trans>Cost</Trans>}>
          <Amount micro={example.costMicro} />
        </Figure>
        <Figure name={<Trans>Markup</Trans>}>{percentText(model.markupBasisPoints)}</Figure>
        <Figure name={<Trans>Price</Trans>}>
          <Amount micro={example.priceMicro} />
        </Figure>
        <Figure name={<Trans>Margin</Trans>}>
          <Amount micro={example.marginMicro} as="balance" />
        </Figure>
      </dl>
      <div className={classes.columns}>
        <div className={classes.column}>
          <section>
            <Title order={2} mb="sm">
              <Trans>Prices</Trans>
            </Title>
            {detail.lists.toReversed().map((list) => (
              <ListCard key={list.id} list={list} />
            ))}
          </section>
          <Changes changes={detail.changes} />
        </div>
        {detail.mayEdit ? (
          <div className={classes.column}>
            <PricesForm key={detail.version} detail={detail} />
            <MarkupForm key={`markup ${detail.version}`} detail={detail} />
            <OfferForm key={`offer ${detail.version}`} detail={detail} />
          </div>
        ) : null}
      </div>
    </Page>
  );
}

function Figure({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className={shared.figure}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A list that holds, will hold, or did: the last ones folded. */
function ListCard({ list }: { list: PriceList }) {
  const { t } = useLingui();
  const names = { before: t`Prices of before`, now: t`Prices now`, later: t`Prices to come` };
  const table = <StaffPrices list={list} label={names[list.holds]} />;
  return (
    <article className={classes.list} data-holds={list.holds}>
      <div className={classes.listHead}>
        <h3>{names[list.holds]}</h3>
        <span className={shared.quiet}>
          {list.until === null ? (
            <Trans>
              from <When at={list.from} />
            </Trans>
          ) : (
            <Trans>
              from <When at={list.from} /> until <When at={list.until} />
            </Trans>
          )}
        </span>
        <OriginBadge origin={list.origin} />
      </div>
      <p className={classes.why}>
        <Trans>
          Markup {percentText(list.markupBasisPoints)}. Why: <bdi>{list.reason}</bdi>
        </Trans>
      </p>
      {list.holds === 'before' ? (
        <details>
          <summary>
            <Trans>Show these prices</Trans>
          </summary>
          {table}
        </details>
      ) : (
        table
      )}
    </article>
  );
}

function Changes({ changes }: { changes: Detail['changes'] }) {
  const { t } = useLingui();
  const names: Record<string, string> = {
    markup: t`Markup`,
    prices: t`Prices`,
    offered: t`On offer`,
  };
  if (changes.length === 0) return null;
  return (
    <section className={classes.card}>
      <Title order={2} size="h3" mb="sm">
        <Trans>Edits</Trans>
      </Title>
      <ul className={classes.changes}>
        {changes.map((change) => (
          <li key={change.at + change.what}>
            <strong>{names[change.what] ?? change.what}</strong>{' '}
            <span className={shared.quiet}>
              <When at={change.at} />
            </span>
            <div>
              <bdi>{change.reason}</bdi>
            </div>
            {change.what === 'prices' ? null : (
              <div className={shared.quiet}>
                <bdi dir="ltr">
                  {editWords(change.what, change.before)} → {editWords(change.what, change.after)}
                </bdi>
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );

  function editWords(what: string, value: string): string {
    if (what === 'markup') return percentText(Number(value));
    return value === 'true' ? t`on offer` : t`off offer`;
  }
}
