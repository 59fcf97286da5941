import { Trans } from '@lingui/react/macro';
import { Button, Group, Modal, Text } from '@mantine/core';
import { createContext, type ReactNode, use, useState } from 'react';

export interface Question {
  title: string;
  /** What will happen, and what cannot be undone. */
  body: ReactNode;
  /** Names the act: "Revoke the key". */
  action: string;
  onConfirm: () => void;
}

const Ask = createContext<(question: Question) => void>(() => undefined);

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
      <Modal opened={open} onClose={() => setOpen(false)} title={question?.title}>
        <Text size="sm">{question?.body}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" data-autofocus onClick={() => setOpen(false)}>
            <Trans>Cancel</Trans>
          </Button>
          <Button
            color="danger"
            onClick={() => {
              setOpen(false);
              question?.onConfirm();
            }}
          >
            {question?.action}
          </Button>
        </Group>
      </Modal>
    </Ask>
  );
}
