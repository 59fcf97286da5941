import { Trans, useLingui } from '@lingui/react/macro';
import { Badge, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type ChildCase, eraseChild, liftChild, refundChild, suspendChild } from '#contract/support.ts';
import { call } from '../../call.ts';
import { Amount } from '../../ui/amount.tsx';
import { FormShell } from '../../ui/form-shell.tsx';
import { When } from '../../ui/when.tsx';
import consoleClasses from '../console.module.css';
import { ReasonForm } from '../reason-form.tsx';
import { Refusal } from '../refusal.tsx';
import classes from './support.module.css';

interface ChildCardProps {
  id: string;
  child: ChildCase | null;
  reportedAddress: string | null;
  onChange: () => void;
}

/** A report of a child's account: suspend, look into it, erase or lift, pay back (clause 11.2). */
export function ChildCard({ id, child, reportedAddress, onChange }: ChildCardProps) {
  const { t } = useLingui();
  return (
    <section className={consoleClasses.letter} aria-label={t`Report of a child’s account`}>
      <div className={consoleClasses.head}>
        <Title order={2} size="h3">
          <Trans>The account</Trans>
        </Title>
        <StateOf child={child} />
      </div>
      {child === null ? (
        <Suspend id={id} reportedAddress={reportedAddress} onChange={onChange} />
      ) : (
        <>
          <Text size="sm" my="xs">
            {child.emailMasked === null ? null : (
              <>
                <bdi dir="ltr">{child.emailMasked}</bdi> ·{' '}
              </>
            )}
            <Trans>
              suspended <When at={child.suspendedAt} />
            </Trans>
          </Text>
          {child.liftedAt === null && child.erasure === 'none' ? (
            <div className={classes.acts}>
              <Erase id={id} onChange={onChange} />
              <Lift id={id} onChange={onChange} />
            </div>
          ) : null}
          <Owed id={id} child={child} onChange={onChange} />
        </>
      )}
    </section>
  );
}

function StateOf({ child }: { child: ChildCase | null }) {
  if (child === null)
    return (
      <Badge color="held">
        <Trans>Active</Trans>
      </Badge>
    );
  if (child.liftedAt !== null)
    return (
      <Badge color="ok">
        <Trans>Goes on</Trans>
      </Badge>
    );
  return (
    <Badge color={child.erasure === 'erased' ? 'ok' : 'held'}>
      {child.erasure === 'erased' ? <Trans>Erased</Trans> : null}
      {child.erasure === 'asked' ? <Trans>Being erased</Trans> : null}
      {child.erasure === 'none' ? <Trans>Suspended</Trans> : null}
    </Badge>
  );
}

type Step = { id: string; onChange: () => void };

function Suspend({ id, reportedAddress, onChange }: Step & { reportedAddress: string | null }) {
  const { t } = useLingui();
  const [address, setAddress] = useState(reportedAddress ?? '');
  const suspend = useMutation({
    mutationFn: (reason: string) => call(suspendChild, { id, reason, address }),
    onSuccess: onChange,
  });
  return (
    <ReasonForm
      lead={
        <Trans>
          Suspending signs the account out everywhere and stops every run; nothing is erased yet, and it can
          be lifted.
        </Trans>
      }
      action={<Trans>Suspend the account</Trans>}
      edit={suspend}
      missing={address === '' ? <Trans>Enter the address of the account.</Trans> : undefined}
      onSubmit={(reason) => suspend.mutate(reason)}
    >
      <TextInput
        label={t`Address of the account`}
        type="email"
        dir="ltr"
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
    </ReasonForm>
  );
}

function Erase({ id, onChange }: Step) {
  const erase = useMutation({
    mutationFn: (reason: string) => call(eraseChild, { id, reason }),
    onSuccess: onChange,
  });
  return (
    <ReasonForm
      lead={
        <Trans>
          It is a child’s: the account and all that it made are erased at once, without a way back. Its cash
          goes back to the cards that it came from; the rest is noted, for finance to pay back.
        </Trans>
      }
      action={<Trans>Erase the account</Trans>}
      edit={erase}
      onSubmit={(reason) => erase.mutate(reason)}
    />
  );
}

function Lift({ id, onChange }: Step) {
  const lift = useMutation({
    mutationFn: (reason: string) => call(liftChild, { id, reason }),
    onSuccess: onChange,
  });
  return (
    <ReasonForm
      lead={<Trans>It is no child’s: the account goes on.</Trans>}
      action={<Trans>Lift the suspension</Trans>}
      edit={lift}
      onSubmit={(reason) => lift.mutate(reason)}
    />
  );
}

function Owed({ id, child, onChange }: Step & { child: ChildCase }) {
  const { t } = useLingui();
  const [reference, setReference] = useState('');
  const refund = useMutation({
    mutationFn: () => call(refundChild, { id, reference }),
    onSuccess: onChange,
  });
  if (child.refundMicro === null) return null;
  if (child.refundMicro === 0n)
    return (
      <Text size="sm">
        <Trans>Nothing more is to be paid back: the cards have it, or the wallet was empty.</Trans>
      </Text>
    );
  if (child.refundReference !== null)
    return (
      <Text size="sm">
        <Trans>
          <Amount micro={child.refundMicro} as="balance" /> paid back:{' '}
          <bdi dir="ltr">{child.refundReference}</bdi>
        </Trans>
      </Text>
    );
  return (
    <FormShell
      onSubmit={() => refund.mutate()}
      submitError={null}
      loading={refund.isPending}
      submitLabel={<Trans>Note as paid back</Trans>}
      submitDisabled={reference.trim().length < 3 ? <Trans>Enter the reference.</Trans> : null}
    >
      <Text size="sm">
        <Trans>
          <Amount micro={child.refundMicro} as="balance" /> is to be paid back. Finance notes the reference of
          the processor.
        </Trans>
      </Text>
      <TextInput
        label={t`Reference of the refund`}
        dir="ltr"
        maxLength={100}
        value={reference}
        onChange={(event) => setReference(event.currentTarget.value)}
      />
      <Refusal error={refund.error} />
    </FormShell>
  );
}
