import { Trans, useLingui } from '@lingui/react/macro';
import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Model } from '#contract/catalogue.ts';
import { useDocumentTitle } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { Composer, type Wish } from './composer.tsx';
import { KindTiles } from './kind-tiles.tsx';
import classes from './landing.module.css';
import { Proofs } from './proofs.tsx';
import { Samples } from './samples.tsx';

/** What is offered, in one screen, with a composer that works before there is an account. */
export function LandingPage() {
  const { t } = useLingui();
  useDocumentTitle(t`Every AI model, one wallet`);
  const models = useQuery(modelsQuery);
  return (
    <div className={classes.page}>
      <section className={classes.hero}>
        <Title order={1} className={classes.title}>
          <Trans>Every AI model. One wallet. You see the price first.</Trans>
        </Title>
        <Text size="md" className={classes.lead}>
          <Trans>
            Chat, images, video, speech, sounds and music. Add money once, pay exactly what each run uses,
            from fractions of a cent.
          </Trans>
        </Text>
        <ProblemAlert error={models.error} onRetry={() => void models.refetch()} />
        <Try models={models.data ?? []} />
      </section>
      <KindTiles models={models.data ?? []} />
      <Proofs />
    </div>
  );
}

function Try({ models }: { models: Model[] }) {
  const [wish, setWish] = useState<Wish>({ kind: 'text', modelId: null, prompt: '' });
  return (
    <>
      <Composer models={models} wish={wish} onChange={setWish} />
      <Samples models={models} onPick={setWish} />
    </>
  );
}
