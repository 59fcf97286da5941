import { createContext, lazy, type ReactNode, Suspense, use, useState } from 'react';
import type { Question } from './confirm-dialog.tsx';

const Ask = createContext<(question: Question) => void>(() => undefined);

// Most visits ask nothing: the dialog comes when it is first needed.
const ConfirmDialog = lazy(async () => ({ default: (await import('./confirm-dialog.tsx')).ConfirmDialog }));

/** Asks before something that cannot be undone: `confirm({ title, body, action, onConfirm })`. */
export function useConfirm(): (question: Question) => void {
  return use(Ask);
}

/** Holds the one dialog of questions; stands around the pages. */
export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<Question | null>(null);
  const [open, setOpen] = useState(false);
  function ask(next: Question) {
    setQuestion(next);
    setOpen(true);
  }
  return (
    <Ask value={ask}>
      {children}
      {question === null ? null : (
        <Suspense fallback={null}>
          <ConfirmDialog question={question} open={open} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Ask>
  );
}
