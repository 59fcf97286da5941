import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { StaffModel } from '#contract/console-catalogue.ts';
import { Amount } from '../../ui/amount.tsx';
import { kindName } from '../../ui/kinds.ts';
import { Page } from '../../ui/page.tsx';
import { Empty, Waiting } from '../../ui/states.tsx';
import { numberText, When } from '../../ui/when.tsx';
import shared from '../console.module.css';
import { Refusal } from '../refusal.tsx';
import classes from './catalogue.module.css';
import { catalogueQuery } from './queries.ts';
import type { CatalogueSearch } from './search.ts';
import { OfferBadge, OriginBadge, percentText, SourceLink } from './words.tsx';

/** Every model with what it costs us, what is added, and where the price was read. The filters stand in the address. */
export function CataloguePage() {
  const { t } = useLingui();
  const catalogue = useQuery(catalogueQuery);
  return (
    <Page
      title={t`Catalogue`}
      width="full"
      aside={
        <Group gap="xs">
          <Button component="a" variant="default" href="/api/console/catalogue/file" download>
            <Trans>Download</Trans>
          </Button>
          <Button component={Link} variant="default" to={'/catalogue/import' as never}>
            <Trans>Import</Trans>
          </Button>
        </Group>
      }
    >
      {catalogue.isPending ? <Waiting what={<Trans>the catalogue</Trans>} rows={12} height={32} /> : null}
      <Refusal error={catalogue.error} onRetry={() => void catalogue.refetch()} />
      {catalogue.data ? <Found models={catalogue.data.items} /> : null}
    </Page>
  );
}

function Found({ models }: { models: StaffModel[] }) {
  const search = useSearch({ strict: false }) as CatalogueSearch;
  const found = models.filter((model) => isWanted(model, search));
  return (
    <>
      <Filters models={models} search={search} />
      <Text size="sm" c="var(--ml-text-2)" mb="xs" role="status">
        <Trans>
          {numberText(found.length)} of {numberText(models.length)} models
        </Trans>
      </Text>
      {found.length === 0 ? (
        <Empty title={<Trans>No such model</Trans>}>
          <Trans>Nothing matches all of the filters.</Trans>
        </Empty>
      ) : (
        <Models models={found} />
      )}
    </>
  );
}

function isWanted(model: StaffModel, { find = '', kind, provider, state, origin }: CatalogueSearch): boolean {
  const text = `${model.name} ${model.id} ${model.providerName}`.toLowerCase();
  const states = { seen: model.isSeen, off: !model.offered, unreachable: model.offered && !model.isSeen };
  return (
    (kind === undefined || model.kind === kind) &&
    (provider === undefined || model.providerId === provider) &&
    (origin === undefined || model.origin === origin) &&
    (state === undefined || states[state]) &&
    find
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  );
}

function Filters({ models, search }: { models: StaffModel[]; search: CatalogueSearch }) {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const set = (change: Partial<Record<keyof CatalogueSearch, string>>) => {
    const next = Object.fromEntries(
      Object.entries({ ...search, ...change }).filter(([, value]) => value !== ''),
    );
    void navigate({ to: '/catalogue' as never, search: next as never, replace: true, resetScroll: false });
  };
  const providers = [...new Map(models.map(({ providerId, providerName }) => [providerId, providerName]))];
  const kinds = [...new Set(models.map(({ kind }) => kind))];
  const choices = [
    {
      field: 'provider',
      label: t`Provider`,
      options: [
        { value: '', label: t`All providers` },
        ...providers.map(([value, label]) => ({ value, label })),
      ],
    },
    {
      field: 'kind',
      label: t`Kind`,
      options: [
        { value: '', label: t`All kinds` },
        ...kinds.map((kind) => ({ value: kind, label: i18n._(kindName(kind)) })),
      ],
    },
    {
      field: 'state',
      label: t`On offer`,
      options: [
        { value: '', label: t`On offer or not` },
        { value: 'seen', label: t`On offer` },
        { value: 'off', label: t`Off offer` },
        { value: 'unreachable', label: t`No way to it` },
      ],
    },
    {
      field: 'origin',
      label: t`Prices from`,
      options: [
        { value: '', label: t`All prices` },
        { value: 'shipped', label: t`Shipped` },
        { value: 'staff', label: t`Set by staff` },
      ],
    },
  ] as const;
  return (
    <div className={classes.filters}>
      <TextInput
        aria-label={t`Find a model`}
        placeholder={t`Find a model`}
        leftSection={<IconSearch size={18} stroke={1.75} aria-hidden />}
        value={search.find ?? ''}
        onChange={(event) => set({ find: event.currentTarget.value })}
      />
      {choices.map(({ field, label, options }) => (
        <NativeSelect
          key={field}
          aria-label={label}
          value={search[field] ?? ''}
          onChange={(event) => set({ [field]: event.currentTarget.value })}
          data={[...options]}
        />
      ))}
    </div>
  );
}

function Models({ models }: { models: StaffModel[] }) {
  const { t } = useLingui();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
    <section className={shared.scroll} aria-label={t`Models`} tabIndex={0}>
      <table className={shared.table}>
        <thead>
          <tr>
            <th scope="col">{t`Model`}</th>
            <th scope="col">{t`Provider`}</th>
            <th scope="col">{t`Kind`}</th>
            <th scope="col">{t`Members`}</th>
            <th scope="col">{t`For`}</th>
            <th scope="col" className={shared.end}>{t`Cost`}</th>
            <th scope="col" className={shared.end}>{t`Markup`}</th>
            <th scope="col" className={shared.end}>{t`Price`}</th>
            <th scope="col" className={shared.end}>{t`Margin`}</th>
            <th scope="col">{t`Source`}</th>
            <th scope="col">{t`Read on`}</th>
            <th scope="col">{t`Origin`}</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <ModelLine key={model.id} model={model} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ModelLine({ model }: { model: StaffModel }) {
  const { i18n } = useLingui();
  const { example, sources } = model;
  const days = sources.map(({ on }) => on).toSorted();
  return (
    <tr>
      <th scope="row" className={classes.name}>
        <Anchor component={Link} to={`/catalogue/${model.id}` as never} inherit>
          {model.name}
        </Anchor>
        <bdi dir="ltr" className={classes.id}>
          {model.id}
        </bdi>
      </th>
      <td>{model.providerName}</td>
      <td>{i18n._(kindName(model.kind))}</td>
      <td>
        <OfferBadge model={model} />
      </td>
      <td className={shared.quiet}>{example.label}</td>
      <td className={shared.end}>
        <Amount micro={example.costMicro} />
      </td>
      <td className={shared.end}>{percentText(model.markupBasisPoints)}</td>
      <td className={shared.end}>
        <Amount micro={example.priceMicro} />
      </td>
      <td className={shared.end}>
        <Amount micro={example.marginMicro} as="balance" />
      </td>
      <td>
        {sources.slice(0, 2).map((source, index) => (
          <span key={source.url + source.basis + source.on}>
            {index > 0 ? ', ' : ''}
            <SourceLink source={source} />
          </span>
        ))}
        {sources.length > 2 ? ` +${sources.length - 2}` : ''}
      </td>
      <td>
        <When at={`${days[0]}T12:00:00Z`} only="date" />
        {model.nextFrom === null ? null : (
          <span className={classes.id}>
            <Trans>
              other prices from <When at={model.nextFrom} only="date" />
            </Trans>
          </span>
        )}
      </td>
      <td>
        <OriginBadge origin={model.origin} />
      </td>
    </tr>
  );
}
