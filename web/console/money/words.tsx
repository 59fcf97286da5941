import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Badge, NativeSelect, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Proposal, ReasonCode } from '#contract/console-money.ts';
import { Amount } from '../../ui/amount.tsx';
import { meQuery } from '../../ui/queries.ts';

/** Signs of a reason that the books take: it is kept with the money. */
export const REASON_LEAST = 10;

const reasonCodes: Record<ReasonCode, MessageDescriptor> = {
  goodwill: msg`Goodwill`,
  price_error: msg`Wrong price`,
  support_case: msg`Support case`,
  correction: msg`Correction of an error`,
  uncollectible: msg`Cannot be collected`,
  other: msg`Other`,
};

export function ReasonCodeName({ code }: { code: ReasonCode }) {
  const { i18n } = useLingui();
  return i18n._(reasonCodes[code]);
}

export function ReasonCodeSelect(props: { value: ReasonCode; onChange: (code: ReasonCode) => void }) {
  const { t, i18n } = useLingui();
  return (
    <NativeSelect
      label={t`Kind of reason`}
      value={props.value}
      data={Object.entries(reasonCodes).map(([value, name]) => ({ value, label: i18n._(name) }))}
      onChange={(event) => props.onChange(event.currentTarget.value as ReasonCode)}
    />
  );
}

const states: Record<Proposal['state'], { name: MessageDescriptor; color: string }> = {
  proposed: { name: msg`Waiting`, color: 'held' },
  approved: { name: msg`Approved`, color: 'ok' },
  refused: { name: msg`Refused`, color: 'gray' },
};

export function StateBadge({ state }: { state: Proposal['state'] }) {
  const { i18n } = useLingui();
  return <Badge color={states[state].color}>{i18n._(states[state].name)}</Badge>;
}

/** What gives has a plus, what takes a minus. */
export function SignedAmount({ micro }: { micro: bigint }) {
  return (
    <bdi dir="ltr">
      {micro > 0n ? '+' : ''}
      <Amount micro={micro} as="balance" />
    </bdi>
  );
}

/** Finance sees no names: a person is an id, and "you" for who looks. */
export function Person({ id }: { id: string }) {
  const me = useQuery(meQuery);
  if (me.data?.id === id) return <Trans>you</Trans>;
  return (
    <bdi dir="ltr" title={id}>
      …{id.slice(-12)}
    </bdi>
  );
}

export function MemberLink({ id }: { id: string }) {
  return (
    <Anchor component={Link} to={`/money/people/${id}` as never} inherit dir="ltr">
      …{id.slice(-12)}
    </Anchor>
  );
}

export function Nothing({ children }: { children: React.ReactNode }) {
  return (
    <Text size="sm" c="var(--ml-text-2)">
      {children}
    </Text>
  );
}
