import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { problemText, requestId } from './problem-text.ts';

/** What went wrong, what it cost, what to do next. The region is always mounted, so that screen readers hear it. */
export function ProblemAlert({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div role="alert">
      {error ? (
        <Alert color="danger" icon={<IconAlertTriangle size={20} stroke={1.75} aria-hidden />}>
          <ProblemSentence error={error} />
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

function ProblemSentence({ error }: { error: unknown }) {
  const { i18n } = useLingui();
  const id = requestId(error);
  return (
    <>
      <Text size="sm">{i18n._(problemText(error))}</Text>
      {id ? (
        <Text size="xs" c="dimmed">
          <Trans>
            Request <bdi dir="ltr">{id}</bdi>
          </Trans>
        </Text>
      ) : null}
    </>
  );
}
