import { Trans } from '@lingui/react/macro';
import { Badge, Button, Text } from '@mantine/core';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { askForExport, listExports } from '#contract/privacy.ts';
import { call, reach } from '../../call.ts';
import { ProblemAlert } from '../../ui/problem.tsx';
import { bytesText, When } from '../../ui/when.tsx';
import { Section } from './section.tsx';
import classes from './settings.module.css';

const exportsQuery = queryOptions({
  queryKey: ['exports'],
  queryFn: async () => (await call(listExports)).items,
  refetchInterval: (query) => (query.state.data?.some((one) => one.state === 'working') ? 2000 : false),
});

type Export = Awaited<ReturnType<typeof call<typeof listExports>>>['items'][number];

/** Everything held about the person, in one ZIP. */
export function ExportCard() {
  const cache = useQueryClient();
  const list = useQuery(exportsQuery);
  const ask = useMutation({
    mutationFn: () => call(askForExport),
    onSuccess: () => cache.invalidateQueries({ queryKey: exportsQuery.queryKey }),
  });
  const working = list.data?.some((one) => one.state === 'working') ?? false;
  return (
    <Section
      title={<Trans>Take your data along</Trans>}
      lead={
        <Trans>
          One ZIP with everything we hold about you: profile, prompts, files, results, every charge. It is
          ready in minutes.
        </Trans>
      }
    >
      <Button variant="default" loading={ask.isPending} disabled={working} onClick={() => ask.mutate()}>
        {working ? <Trans>Packing …</Trans> : <Trans>Pack my data</Trans>}
      </Button>
      <ProblemAlert error={ask.error ?? list.error} />
      <ul className={classes.list} aria-live="polite">
        {list.data?.map((one) => (
          <ExportRow key={one.id} one={one} />
        ))}
      </ul>
    </Section>
  );
}

function ExportRow({ one }: { one: Export }) {
  return (
    <li className={classes.item}>
      <span className={classes.words}>
        <When at={one.askedAt} />
        <Text size="xs" c="dimmed">
          {one.bytes === null ? null : <bdi dir="ltr">{bytesText(one.bytes)}</bdi>}
          {one.expiresAt === null || one.state !== 'ready' ? null : (
            <>
              {' · '}
              <Trans>
                until <When at={one.expiresAt} />
              </Trans>
            </>
          )}
        </Text>
      </span>
      <ExportState one={one} />
    </li>
  );
}

function ExportState({ one }: { one: Export }) {
  switch (one.state) {
    case 'working':
      return (
        <Badge color="held">
          <Trans>Packing</Trans>
        </Badge>
      );
    case 'ready':
      return <Download id={one.id} />;
    case 'expired':
      return (
        <Badge color="gray">
          <Trans>Expired</Trans>
        </Badge>
      );
    case 'failed':
      return (
        <Badge color="danger">
          <Trans>Did not work; pack again</Trans>
        </Badge>
      );
  }
}

/** Asks for the first byte before: a download that is refused would be a broken file and no word about why. */
function Download({ id }: { id: string }) {
  const file = `/api/privacy/exports/${id}/file`;
  const download = useMutation({
    mutationFn: () => reach(file, { headers: { range: 'bytes=0-0' } }),
    onSuccess: () => location.assign(file),
  });
  return (
    <>
      <Button size="xs" loading={download.isPending} onClick={() => download.mutate()}>
        <Trans>Download</Trans>
      </Button>
      <ProblemAlert error={download.error} />
    </>
  );
}
