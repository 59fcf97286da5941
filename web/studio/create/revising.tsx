import { Plural, Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import classes from './create.module.css';

/** Another version of a turn, while it stands in the composer. */
export interface Revision {
  /** The answer that it will stand beside. */
  of: string;
  /** The branch that it was begun from: on another one it is not meant. */
  leaf: string;
  /** The turn's place among those of the branch. */
  place: number;
  /** What went with the question goes with this one too. */
  files: { id: string; mediaType: string }[];
  /** The same question once more, not another one. */
  isAgain: boolean;
}

/** Above the words: what they will do, and the way back. */
export function Revising({ revision, onCancel }: { revision: Revision; onCancel: () => void }) {
  const count = revision.files.length;
  return (
    <div className={classes.revising}>
      <span role="status">
        {revision.isAgain ? (
          <Trans>Another answer to this question. The one before stays.</Trans>
        ) : (
          <Trans>Another version of this question. The one before stays, with all that followed.</Trans>
        )}{' '}
        {count === 0 ? null : <Plural value={count} one="# file goes with it." other="# files go with it." />}
      </span>
      <Button variant="subtle" size="xs" onClick={onCancel}>
        <Trans>Cancel</Trans>
      </Button>
    </div>
  );
}
