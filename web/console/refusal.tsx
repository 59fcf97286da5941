import { Alert, List, Text } from '@mantine/core';
import { Refused } from '../call.ts';
import { ProblemAlert } from '../ui/problem.tsx';

/** What was refused, with the server's own sentence and each place: staff are told what is wrong, not that something is. */
export function Refusal({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = error instanceof Refused ? error.problem : undefined;
  if (problem?.detail === undefined && problem?.errors === undefined)
    return <ProblemAlert error={error} onRetry={onRetry} />;
  return (
    <div role="alert">
      <Alert color="danger">
        {problem.detail === undefined ? null : <Text size="sm">{problem.detail}</Text>}
        {problem.errors === undefined ? null : (
          <List size="sm">
            {problem.errors.map(({ path, message }) => (
              <List.Item key={path + message}>
                {path === '' ? null : <bdi dir="ltr">{path}: </bdi>}
                {message}
              </List.Item>
            ))}
          </List>
        )}
      </Alert>
    </div>
  );
}
