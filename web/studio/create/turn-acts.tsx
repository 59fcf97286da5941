import { Trans, useLingui } from '@lingui/react/macro';
import { IconChevronLeft, IconChevronRight, IconPencil } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ThreadTurn } from '#contract/generations.ts';
import { leafBelow, versionsOf } from './conversation.ts';
import classes from './create.module.css';
import { generationQuery, threadQuery } from './generation.ts';

const sign = { size: 18, stroke: 1.75, 'aria-hidden': true } as const;

interface TurnActsProps {
  thread: ThreadTurn[];
  /** The answer to this question; undefined where it cannot be named. */
  answer: string | undefined;
  /** Another branch comes in place of this one. */
  onStep: () => void;
  /** Undefined while an answer is being written. */
  onEdit: (() => void) | undefined;
}

/** Below a question: the way to its other versions, and to a new one. */
export function TurnActs({ thread, answer, onStep, onEdit }: TurnActsProps) {
  const { t } = useLingui();
  const step = useStep(thread, onStep);
  if (answer === undefined) return null;
  const versions = versionsOf(thread, answer);
  const at = versions.indexOf(answer);
  const nth = at + 1;
  const count = versions.length;
  return (
    <div className={classes.turnActs}>
      {count > 1 ? (
        <>
          <TurnButton label={t`Earlier version`} onClick={versions[at - 1] && (() => step(versions[at - 1]))}>
            <IconChevronLeft {...sign} className={classes.flips} />
          </TurnButton>
          <span role="status" className={classes.version}>
            <span aria-hidden="true">
              {nth}/{count}
            </span>
            <span className={classes.hidden}>
              <Trans>
                Version {nth} of {count}
              </Trans>
            </span>
          </span>
          <TurnButton label={t`Later version`} onClick={versions[at + 1] && (() => step(versions[at + 1]))}>
            <IconChevronRight {...sign} className={classes.flips} />
          </TurnButton>
        </>
      ) : null}
      <TurnButton label={t`Edit this question`} onClick={onEdit}>
        <IconPencil {...sign} />
      </TurnButton>
    </div>
  );
}

interface TurnButtonProps {
  label: string;
  /** Nothing to do: it keeps its place, and the focus that it may have. */
  onClick: (() => void) | undefined | '';
  children: React.ReactNode;
}

function TurnButton({ label, onClick, children }: TurnButtonProps) {
  return (
    <button
      type="button"
      className={classes.turnAct}
      aria-label={label}
      title={label}
      aria-disabled={!onClick}
      onClick={onClick || undefined}
    >
      {children}
    </button>
  );
}

/** Opens the branch of a version, once it is there: nothing blinks, and the focus stays where it is. */
function useStep(thread: ThreadTurn[], onStep: () => void) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  return async (version: string | undefined) => {
    if (version === undefined) return;
    const id = leafBelow(thread, version);
    await cache.ensureQueryData(generationQuery(id));
    cache.setQueryData(threadQuery(id).queryKey, thread);
    onStep();
    await navigate({ to: '/chat/$id', params: { id }, replace: true, resetScroll: false });
  };
}
