import { lazy, Suspense } from 'react';
import classes from './markdown.module.css';

// An empty conversation needs no Markdown: its reader comes with the first words.
const Blocks = lazy(async () => ({ default: (await import('./blocks.tsx')).Blocks }));

/** A model's words; as they are written until what draws them is here. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense
      fallback={
        <div className={classes.plain} dir="auto">
          {text}
        </div>
      }
    >
      <Blocks text={text} />
    </Suspense>
  );
}
