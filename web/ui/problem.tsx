import type { MessageDescriptor } from '@lingui/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ProblemSlug } from '#contract/problems.ts';
import { Refused } from '../call.ts';
import { problemText, requestId } from './problem-text.ts';

/** What a page says in its own words in place of the general ones. */
export type ProblemWords = Partial<Record<ProblemSlug, MessageDescriptor>>;

interface ProblemProps {
  error: unknown;
  words?: ProblemWords;
}

/** What went wrong, what it cost, what to do next. The region is always mounted, so that screen readers hear it. */
export function ProblemAlert({ error, words, onRetry }: ProblemProps & { onRetry?: () => void }) {
  return (
    <div role="alert">
      {error ? (
        <Alert color="danger" icon={<IconAlertTriangle size={20} stroke={1.75} aria-hidden />}>
          <ProblemSentence error={error} words={words} />
          {onRetry ? (
            <Group mt="xs">
              <Button variant="default" size="xs" onClick={onRetry}>
                <Trans>Try again</Trans>
              </Button>
            </Group>
          ) : null}
        </Alert>
      ) : null}
    </div>
  );
}

/** Of these the server says what it is about: which file, and what is taken instead. No general words know that. */
const DETAILED: ReadonlySet<ProblemSlug> = new Set([
  'too-large',
  'unsupported-file',
  'damaged-file',
  'unsafe-file',
  'not-possible-now',
]);

function detailOf(error: unknown): string | undefined {
  return error instanceof Refused && DETAILED.has(error.slug) ? error.problem.detail : undefined;
}

function ProblemSentence({ error, words }: ProblemProps) {
  const { i18n } = useLingui();
  const id = requestId(error);
  const own = error instanceof Refused ? words?.[error.slug] : undefined;
  return (
    <>
      <Text size="sm" dir="auto">
        {own === undefined ? (detailOf(error) ?? i18n._(problemText(error))) : i18n._(own)}
      </Text>
      {id && own === undefined ? (
        <Text size="xs" c="dimmed">
          <Trans>
            Request <bdi dir="ltr">{id}</bdi>
          </Trans>
        </Text>
      ) : null}
    </>
  );
}
