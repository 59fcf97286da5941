import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Badge, Group, Radio, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { endRequest, extendRequest, type StaffThread } from '#contract/support.ts';
import { call } from '../../call.ts';
import { When } from '../../ui/when.tsx';
import consoleClasses from '../console.module.css';
import { ReasonForm } from '../reason-form.tsx';
import classes from './support.module.css';
import { askedWords } from './words.ts';

interface RequestCardProps {
  id: string;
  request: NonNullable<StaffThread['request']>;
  onChange: () => void;
}

/** A request about data: what is asked, by which law, until when, and how it ends. */
export function RequestCard({ id, request, onChange }: RequestCardProps) {
  const { t, i18n } = useLingui();
  return (
    <section className={consoleClasses.letter} aria-label={t`Request about data`}>
      <div className={consoleClasses.head}>
        <Title order={2} size="h3">
          {i18n._(askedWords[request.kind])}
        </Title>
        {request.provenAt === null ? (
          <Badge color="held">
            <Trans>Not confirmed</Trans>
          </Badge>
        ) : (
          <Badge color="ok">
            <Trans>Confirmed</Trans>
          </Badge>
        )}
      </div>
      <Text size="sm" mt="xs">
        <Trans>
          Due <When at={request.dueAt} only="date" /> by{' '}
          <Anchor href={request.source} underline="always" inherit rel="noreferrer" target="_blank">
            {request.law}
          </Anchor>
          , received <When at={request.receivedAt} only="date" />.
        </Trans>
      </Text>
      {request.provenAt === null ? (
        <Text size="sm">
          <Trans>
            Nobody has confirmed by the mailed link that this comes from the address. Give nothing out and
            erase nothing; you can ask, or refuse.
          </Trans>
        </Text>
      ) : null}
      {request.extensionReason === null ? null : (
        <Text size="sm">
          <Trans>Extended: {request.extensionReason}</Trans>
        </Text>
      )}
      {request.outcome === null ? (
        <div className={classes.acts}>
          <End id={id} isProven={request.provenAt !== null} onChange={onChange} />
          {request.mayExtendTo === null ? null : (
            <Extend id={id} to={request.mayExtendTo} onChange={onChange} />
          )}
        </div>
      ) : (
        <Text size="sm">
          {request.outcome === 'answered' ? (
            <Trans>Answered: {request.outcomeReason}</Trans>
          ) : (
            <Trans>Refused: {request.outcomeReason}</Trans>
          )}
        </Text>
      )}
    </section>
  );
}

function End({ id, isProven, onChange }: { id: string; isProven: boolean; onChange: () => void }) {
  const { t } = useLingui();
  const [outcome, setOutcome] = useState<'answered' | 'refused'>(isProven ? 'answered' : 'refused');
  const end = useMutation({
    mutationFn: (reason: string) => call(endRequest, { id, outcome, reason }),
    onSuccess: onChange,
  });
  return (
    <ReasonForm
      lead={<Trans>How it ended, and why. The person reads the reason of a refusal.</Trans>}
      action={outcome === 'answered' ? <Trans>Note as answered</Trans> : <Trans>Refuse the request</Trans>}
      edit={end}
      onSubmit={(reason) => end.mutate(reason)}
    >
      <Radio.Group
        label={t`Outcome`}
        value={outcome}
        onChange={(value) => setOutcome(value as typeof outcome)}
      >
        <Group mt="xs">
          <Radio value="answered" label={t`Answered`} disabled={!isProven} />
          <Radio value="refused" label={t`Refused`} />
        </Group>
      </Radio.Group>
    </ReasonForm>
  );
}

function Extend({ id, to, onChange }: { id: string; to: string; onChange: () => void }) {
  const extend = useMutation({
    mutationFn: (reason: string) => call(extendRequest, { id, reason }),
    onSuccess: onChange,
  });
  return (
    <ReasonForm
      lead={
        <Trans>
          The law allows more time once, until <When at={to} only="date" />. The person is told why.
        </Trans>
      }
      action={<Trans>Extend the time</Trans>}
      edit={extend}
      onSubmit={(reason) => extend.mutate(reason)}
    />
  );
}
