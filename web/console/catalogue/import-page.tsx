import { Trans, useLingui } from '@lingui/react/macro';
import { Button, FileButton, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { showImport, takeImport } from '#contract/console-catalogue.ts';
import { call, type Input } from '../../call.ts';
import { Page } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { Refusal } from '../refusal.tsx';
import { DifferenceForm } from './difference.tsx';

type Other = Input<typeof showImport>['other'];

/** Another catalogue, shipped or from a file: first its difference from this one, then just that is taken. */
export function ImportPage() {
  const { t } = useLingui();
  const cache = useQueryClient();
  const [other, setOther] = useState<{ is: Other; name: string } | null>(null);
  const shown = useMutation({ mutationFn: (is: Other) => call(showImport, { other: is }) });
  const taken = useMutation({
    mutationFn: (choice: Omit<Input<typeof takeImport>, 'other'>) =>
      call(takeImport, { other: other!.is, ...choice }),
    onSuccess: () => {
      shown.reset();
      return cache.invalidateQueries({ queryKey: ['console', 'catalogue'] });
    },
  });
  function show(is: Other, name: string) {
    taken.reset();
    setOther({ is, name });
    shown.mutate(is);
  }
  return (
    <Page
      title={t`Import`}
      aside={
        <Button component={Link} variant="default" to={'/catalogue' as never}>
          <Trans>To the catalogue</Trans>
        </Button>
      }
    >
      <Text c="var(--ml-text-2)" mb="md">
        <Trans>
          First you see every difference. Nothing changes until you confirm, and then exactly what was shown.
        </Trans>
      </Text>
      <Group mb="lg">
        <FileButton
          accept="application/json,.json"
          onChange={(file) =>
            void file?.text().then((text) => show({ source: 'file', file: text }, file.name))
          }
        >
          {(props) => (
            <Button {...props} loading={shown.isPending}>
              <Trans>Choose a file</Trans>
            </Button>
          )}
        </FileButton>
        <Button
          variant="default"
          loading={shown.isPending}
          onClick={() => show({ source: 'shipped' }, t`the shipped catalogue`)}
        >
          <Trans>Compare with what is shipped</Trans>
        </Button>
      </Group>
      <Refusal error={shown.error} />
      <div role="status">
        {taken.data ? (
          <Empty title={<Trans>Done</Trans>}>
            <Trans>
              {taken.data.changed} models changed. Members see it at once; quotes of before keep their prices.
            </Trans>
          </Empty>
        ) : null}
        {shown.data?.items.length === 0 ? (
          <Empty title={<Trans>No difference</Trans>}>
            <Trans>
              This catalogue and <bdi>{other?.name}</bdi> say the same.
            </Trans>
          </Empty>
        ) : null}
      </div>
      {shown.data && shown.data.items.length > 0 ? (
        <DifferenceForm
          key={shown.data.digest}
          items={shown.data.items}
          mayEdit={shown.data.mayEdit}
          isShipped={other?.is.source === 'shipped'}
          error={taken.error}
          loading={taken.isPending}
          onTake={(modelIds, reason) => taken.mutate({ digest: shown.data.digest, modelIds, reason })}
        />
      ) : null}
    </Page>
  );
}
