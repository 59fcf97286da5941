import { Link } from '@tanstack/react-router';
import type { Model } from '#contract/catalogue.ts';
import { writeDraft } from '../../ui/draft.ts';
import { kinds } from '../../ui/kinds.ts';
import classes from './models.module.css';

/** A prompt to press: it is in the composer when the page opens, also after a sign-up in between. */
export function TryLink({ model, prompt }: { model: Model; prompt: string }) {
  const path = kinds.find((kind) => kind.kind === model.kind)?.path;
  if (path === undefined) return <span className={classes.example}>{prompt}</span>;
  return (
    <Link
      to={path}
      search={{ model: model.id }}
      className={classes.example}
      onClick={() => writeDraft(path.slice(1), prompt)}
    >
      {prompt}
    </Link>
  );
}
