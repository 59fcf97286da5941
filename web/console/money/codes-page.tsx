import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Badge, Button, CopyButton, Group, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PromotionCode } from '#contract/console-money.ts';
import { Amount } from '../../ui/amount.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/states.tsx';
import { numberText, When } from '../../ui/when.tsx';
import shared from '../console.module.css';
import { MoreButton } from '../more-button.tsx';
import { Refusal } from '../refusal.tsx';
import { CodeForm } from './code-form.tsx';
import classes from './money.module.css';
import { codesQuery } from './queries.ts';
import { Nothing } from './words.tsx';

/** Codes that members redeem: making one, and how many uses each has left. */
export function CodesPage() {
  const { t } = useLingui();
  const [made, setMade] = useState<{ id: string; code: string } | null>(null);
  return (
    <Page title={t`Codes`}>
      <div className={classes.columns}>
        <div className={classes.column}>
          <Codes />
        </div>
        <div className={classes.column}>
          {made === null ? null : <NewCode code={made.code} />}
          <section className={classes.card} aria-label={t`Make a code`}>
            <Title order={2} size="h3" mb="xs">
              <Trans>Make a code</Trans>
            </Title>
            <CodeForm key={made?.id} onMade={setMade} />
          </section>
        </div>
      </div>
    </Page>
  );
}

function NewCode({ code }: { code: string }) {
  return (
    <Alert color="ok" role="status" title={<Trans>Copy it now; it cannot be shown again.</Trans>}>
      <code className={classes.code} dir="ltr">
        {code}
      </code>
      <Group mt="xs">
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Button variant="default" size="xs" onClick={copy}>
              {copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}

function Codes() {
  const { t } = useLingui();
  const pages = useInfiniteQuery(codesQuery);
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  if (pages.data && items.length === 0)
    return (
      <Nothing>
        <Trans>No codes yet.</Trans>
      </Nothing>
    );
  return (
    <div>
      {pages.isPending ? <Waiting what={<Trans>the codes</Trans>} rows={4} height={32} /> : null}
      <Refusal error={pages.error} onRetry={() => void pages.refetch()} />
      {pages.data ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
        <section className={shared.scroll} aria-label={t`Codes`} tabIndex={0}>
          <table className={shared.table}>
            <thead>
              <tr>
                <th scope="col">{t`Name`}</th>
                <th scope="col" className={shared.end}>{t`Amount`}</th>
                <th scope="col" className={shared.end}>{t`Uses left`}</th>
                <th scope="col">{t`Redeem until`}</th>
                <th scope="col" className={shared.end}>{t`Lasts`}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((code) => (
                <CodeRow key={code.id} code={code} />
              ))}
            </tbody>
          </table>
        </section>
      ) : null}
      <MoreButton pages={pages} />
    </div>
  );
}

function CodeRow({ code }: { code: PromotionCode }) {
  const isOver = Date.parse(code.redeemUntil) < Date.now();
  const days = numberText(code.lastsDays);
  return (
    <tr>
      <td dir="auto">{code.name}</td>
      <td className={shared.end}>
        <Amount micro={code.amountMicro} as="balance" />
      </td>
      <td className={shared.end}>{numberText(code.usesLeft)}</td>
      <td>
        <When at={code.redeemUntil} />{' '}
        {isOver ? (
          <Badge color="gray">
            <Trans>Over</Trans>
          </Badge>
        ) : null}
      </td>
      <td className={shared.end}>
        <Trans>{days} days</Trans>
      </td>
    </tr>
  );
}
