import { Trans } from '@lingui/react/macro';
import { IconPaperclip } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useState } from 'react';
import classes from './attachments.module.css';

/** Files that are dropped anywhere on the page or pasted, and a veil that says so while they hover. */
export function GivenFiles({ onFiles }: { onFiles: (files: File[]) => void }) {
  const [isOver, setIsOver] = useState(false);
  const take = useEffectEvent((data: DataTransfer | null): boolean => {
    const files = [...(data?.files ?? [])];
    if (files.length > 0) onFiles(files);
    return files.length > 0;
  });
  // The page as a whole is outside React.
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth += 1;
      setIsOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setIsOver(false);
    };
    const over = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setIsOver(false);
      if (hasFiles(event)) event.preventDefault();
      take(event.dataTransfer);
    };
    // Text is pasted as ever; a picture that is copied from a page brings words along, which are left out.
    const paste = (event: ClipboardEvent) => {
      if (take(event.clipboardData)) event.preventDefault();
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: over, drop, paste } as const;
    const all = Object.entries(listeners) as [string, EventListener][];
    for (const [name, listener] of all) document.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of all) document.removeEventListener(name, listener);
    };
  }, []);
  return isOver ? (
    <div className={classes.veil}>
      <div className={classes.veilWords}>
        <IconPaperclip size={28} stroke={1.75} aria-hidden />
        <Trans>Drop to attach</Trans>
      </div>
    </div>
  ) : null;
}
