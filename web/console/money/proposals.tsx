import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Radio, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { decideProposal, type Proposal } from '#contract/console-money.ts';
import { Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import { MoreButton } from '../more-button.tsx';
import { ReasonForm } from '../reason-form.tsx';
import { Refusal } from '../refusal.tsx';
import classes from './money.module.css';
import { proposalsQuery, useDecision } from './queries.ts';
import {
  MemberLink,
  Nothing,
  Person,
  REASON_LEAST,
  ReasonCodeName,
  SignedAmount,
  StateBadge,
} from './words.tsx';

interface ProposalsProps {
  state: 'waiting' | 'decided';
  /** Absent: of everyone. */
  memberId?: string;
  /** What stands there when there is none. */
  none: ReactNode;
}

/** Proposals about money, newest first; who may decide one finds the form on it. */
export function Proposals({ state, memberId, none }: ProposalsProps) {
  const pages = useInfiniteQuery(proposalsQuery(state, memberId));
  const items = pages.data?.pages.flatMap((page) => page.items);
  return (
    <>
      {pages.isPending ? <Waiting what={<Trans>the proposals</Trans>} rows={2} height={96} /> : null}
      <Refusal error={pages.error} onRetry={() => void pages.refetch()} />
      {items?.length === 0 ? <Nothing>{none}</Nothing> : null}
      <ul className={classes.cards}>
        {items?.map((proposal) => (
          <li key={proposal.id} className={classes.card}>
            <ProposalCard proposal={proposal} />
          </li>
        ))}
      </ul>
      <MoreButton pages={pages} />
    </>
  );
}

function ProposalCard({ proposal }: { proposal: Proposal }) {
  const [isOpen, setOpen] = useState(false);
  const { kind, memberId, amountMicro, state } = proposal;
  return (
    <>
      <div className={classes.head}>
        <span className={classes.sum}>
          <SignedAmount micro={amountMicro} />
        </span>
        <span>
          {kind === 'write_off' ? (
            <Trans>
              of a debt of <MemberLink id={memberId} /> given up
            </Trans>
          ) : (
            <Trans>
              for <MemberLink id={memberId} />
            </Trans>
          )}
        </span>
        <StateBadge state={state} />
        {proposal.mayDecide ? (
          <Button
            className={classes.end}
            variant="default"
            size="xs"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <Trans>Decide</Trans>
          </Button>
        ) : null}
      </div>
      <p className={classes.why} dir="auto">
        <ReasonCodeName code={proposal.reasonCode} />: {proposal.reason}
      </p>
      <Facts proposal={proposal} />
      {isOpen ? <DecideForm proposal={proposal} /> : null}
    </>
  );
}

function Facts({ proposal }: { proposal: Proposal }) {
  const { proposedBy, proposedAt, decidedBy, decidedAt, state, mayDecide } = proposal;
  return (
    <p className={classes.facts}>
      <Trans>
        Proposed by <Person id={proposedBy} />, <When at={proposedAt} />.
      </Trans>{' '}
      {decidedBy === null || decidedAt === null ? null : (
        <Trans>
          Decided by <Person id={decidedBy} />, <When at={decidedAt} />.
        </Trans>
      )}
      {state === 'proposed' && !mayDecide ? <Trans>Somebody else of finance decides.</Trans> : null}
    </p>
  );
}

function DecideForm({ proposal: { id, amountMicro } }: { proposal: Proposal }) {
  const { t } = useLingui();
  const [verdict, setVerdict] = useState<'approve' | 'refuse'>('approve');
  const edit = useDecision(decideProposal);
  return (
    <section className={classes.form} aria-label={t`Decide this proposal`}>
      <ReasonForm
        lead={
          <Trans>An approval moves the money at once; it cannot be taken back, only corrected anew.</Trans>
        }
        action={
          verdict === 'refuse' ? (
            <Trans>Refuse it</Trans>
          ) : (
            <Text span inherit>
              <Trans>
                Approve <SignedAmount micro={amountMicro} />
              </Trans>
            </Text>
          )
        }
        edit={edit}
        least={REASON_LEAST}
        onSubmit={(reason) => edit.mutate({ id, approve: verdict === 'approve', reason })}
      >
        <Radio.Group
          label={t`Decision`}
          value={verdict}
          onChange={(value) => setVerdict(value as typeof verdict)}
        >
          <Group mt="xs">
            <Radio value="approve" label={t`Approve`} />
            <Radio value="refuse" label={t`Refuse`} />
          </Group>
        </Radio.Group>
      </ReasonForm>
    </section>
  );
}
