import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Text } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Question {
  title: string;
  /** What will happen, and what cannot be undone. */
  body: ReactNode;
  /** Names the act: "Revoke the key". */
  action: string;
  onConfirm: () => void;
}

interface ConfirmDialogProps {
  question: Question;
  open: boolean;
  onClose: () => void;
}

/** The question, what it means, and the two ways out; the safe one has the focus. */
export function ConfirmDialog({ question, open, onClose }: ConfirmDialogProps) {
  const { t } = useLingui();
  return (
    <Modal
      opened={open}
      onClose={onClose}
      title={question.title}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <Text size="sm">{question.body}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" data-autofocus onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button
          color="danger"
          onClick={() => {
            onClose();
            question.onConfirm();
          }}
        >
          {question.action}
        </Button>
      </Group>
    </Modal>
  );
}
