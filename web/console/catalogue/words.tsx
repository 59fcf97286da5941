import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Badge } from '@mantine/core';
import type { StaffModel } from '#contract/console-catalogue.ts';
import { intlLocale } from '../../ui/language.ts';

type Source = StaffModel['sources'][number];

/** "12.5 %": from hundredths of a per cent. */
export function percentText(basisPoints: number, isChange = false): string {
  return new Intl.NumberFormat(intlLocale(), {
    style: 'percent',
    maximumFractionDigits: 2,
    ...(isChange ? { signDisplay: 'exceptZero' as const } : {}),
  }).format(basisPoints / 10_000);
}

/** An exact amount as the server writes it, such as 0.000258: a staff table rounds nothing. */
export function Dollars({ usd }: { usd: string }) {
  return (
    <bdi dir="ltr" className="tabular">
      {`$${withCents(usd)}`}
    </bdi>
  );
}

/** "4" → "4.00", "0.125" → "0.125" */
function withCents(usd: string): string {
  const [whole, fraction = ''] = usd.split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}

const bases: Record<Source['basis'], MessageDescriptor> = {
  official: msg`Official page`,
  list: msg`Price list`,
  derived: msg`Derived`,
  staff: msg`Set by staff`,
};

/** How good the source is, with a way to it. */
export function SourceLink({ source }: { source: Source }) {
  const { i18n } = useLingui();
  return (
    <Anchor href={source.url} target="_blank" rel="noreferrer" size="sm">
      {i18n._(bases[source.basis])}
    </Anchor>
  );
}

export function OriginBadge({ origin }: { origin: StaffModel['origin'] }) {
  return origin === 'staff' ? (
    <Badge color="accent">
      <Trans>Staff</Trans>
    </Badge>
  ) : (
    <Badge color="gray">
      <Trans>Shipped</Trans>
    </Badge>
  );
}

/** Whether members see it, and if not, who is the reason. */
export function OfferBadge({ model }: { model: Pick<StaffModel, 'offered' | 'isSeen'> }) {
  if (model.isSeen)
    return (
      <Badge color="ok">
        <Trans>On offer</Trans>
      </Badge>
    );
  return (
    <Badge color={model.offered ? 'held' : 'gray'}>
      {model.offered ? <Trans>No way to it</Trans> : <Trans>Off offer</Trans>}
    </Badge>
  );
}

/** By how much: dearer stands out, cheaper and what we earn do not. */
export function Change({ basisPoints, isIncome }: { basisPoints: number | null; isIncome?: true }) {
  if (basisPoints === null || basisPoints === 0) return null;
  return (
    <bdi dir="ltr" className="tabular" data-dearer={(basisPoints > 0 && !isIncome) || undefined}>
      {percentText(basisPoints, true)}
    </bdi>
  );
}
