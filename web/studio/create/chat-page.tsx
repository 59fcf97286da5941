import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { listGenerations } from '#contract/generations.ts';
import { call } from '../../call.ts';
import { useDocumentTitle } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { Waiting } from '../../ui/states.tsx';
import { ChatStudio } from './chat-studio.tsx';
import classes from './create.module.css';
import { GENERATIONS, generationQuery } from './generation.ts';

/** The model that was used last is the one to go on with. */
const lastChatQuery = {
  queryKey: [...GENERATIONS, 'last-chat'],
  queryFn: async () => (await call(listGenerations, { kind: 'text', limit: 1 })).items[0] ?? null,
};

/** A conversation. Its address names its newest answer: all that was said before belongs to that. */
export function ChatPage() {
  const { t } = useLingui();
  useDocumentTitle(t`Chat`);
  const { id } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const leaf = id ?? search.from;
  const models = useQuery(modelsQuery);
  const last = useQuery({ ...lastChatQuery, enabled: leaf === undefined && search.model === undefined });
  const open = useQuery({ ...generationQuery(leaf ?? ''), enabled: leaf !== undefined });
  const error = models.error ?? open.error;
  if (error) {
    return (
      <div className={classes.results}>
        <ProblemAlert error={error} onRetry={() => void Promise.all([models.refetch(), open.refetch()])} />
      </div>
    );
  }
  const isWaiting = models.data === undefined || (leaf !== undefined && open.isPending) || last.isLoading;
  if (isWaiting) {
    return (
      <div className={classes.results}>
        <Waiting what={<Trans>the conversation</Trans>} rows={3} height={96} />
      </div>
    );
  }
  const offered = models.data.filter((model) => model.kind === 'text');
  const wanted = search.model ?? open.data?.modelId ?? last.data?.modelId;
  const model = offered.find((one) => one.id === wanted) ?? offered[0];
  if (model === undefined) return null;
  // A new conversation is a new form; the next answer of one is not.
  return (
    <>
      <h1 className={classes.hidden}>
        <Trans>Chat</Trans>
      </h1>
      <ChatStudio
        key={leaf === undefined ? `new ${search.model}` : 'open'}
        models={offered}
        first={model}
        leaf={leaf}
      />
    </>
  );
}
