import { Button, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { ProblemAlert, type ProblemWords } from './problem.tsx';

interface FormShellProps {
  /** Mantine's `form.onSubmit(…)`, or a handler of one's own. */
  onSubmit: (event?: FormEvent<HTMLFormElement>) => void;
  /** What the server refused; null when nothing. */
  submitError: unknown;
  /** This form's own words for a refusal. */
  problemWords?: ProblemWords;
  loading: boolean;
  /** The result that the button brings: "Save profile". */
  submitLabel: ReactNode;
  /** Why it cannot be sent now; null when it can. Shown beside the button. */
  submitDisabled?: ReactNode;
  /** Beside the button. */
  aside?: ReactNode;
  fullWidth?: boolean;
  children: ReactNode;
}

/** The one form of the product: fields, what was refused, the button that names its result. */
export function FormShell(props: FormShellProps) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit(event);
      }}
    >
      <Stack gap="md">
        {props.children}
        <ProblemAlert error={props.submitError} words={props.problemWords} />
        <Stack gap="xs" align={props.fullWidth ? 'stretch' : 'flex-start'}>
          <Button type="submit" loading={props.loading} disabled={Boolean(props.submitDisabled)}>
            {props.submitLabel}
          </Button>
          {props.submitDisabled ? <div>{props.submitDisabled}</div> : null}
          {props.aside}
        </Stack>
      </Stack>
    </form>
  );
}
