import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { redeemCode } from '#contract/wallet.ts';
import { call, type Reply } from '../../call.ts';
import { Amount } from '../../ui/amount.tsx';
import { FormShell } from '../../ui/form-shell.tsx';
import { walletQuery } from '../../ui/queries.ts';
import { When } from '../../ui/when.tsx';
import classes from './wallet.module.css';

const words = {
  'too-many-requests': msg`Too many codes that did not work. Wait an hour, then look at each sign of the code.`,
  'not-allowed': msg`You made this code yourself: it is for others.`,
};

/** A code becomes a gift in the wallet. Few people have one, so the field opens when it is asked for. */
export function RedeemCode() {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <section className={classes.redeem}>
      <Button
        variant="subtle"
        size="compact-sm"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <Trans>Redeem a code</Trans>
      </Button>
      <div id={id}>{isOpen ? <CodeForm /> : null}</div>
    </section>
  );
}

function CodeForm() {
  const { t } = useLingui();
  const cache = useQueryClient();
  const [code, setCode] = useState('');
  const redeem = useMutation({
    mutationFn: () => call(redeemCode, { code }),
    onSuccess: () => {
      setCode('');
      return cache.invalidateQueries({ queryKey: walletQuery.queryKey });
    },
  });
  return (
    <div className={classes.redeemForm}>
      <FormShell
        onSubmit={() => redeem.mutate()}
        submitError={redeem.error}
        problemWords={words}
        loading={redeem.isPending}
        submitDisabled={
          code.trim() === '' ? (
            <Text size="sm" c="var(--ml-text-2)">
              <Trans>Type the code that you were given.</Trans>
            </Text>
          ) : null
        }
        submitLabel={<Trans>Redeem</Trans>}
      >
        <TextInput
          label={t`Code`}
          autoFocus
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          // A code keeps its own direction in a mirrored page; the label takes the page's.
          attributes={{ input: { dir: 'ltr' } }}
          maxLength={100}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      </FormShell>
      <div role="status">{redeem.data ? <Given {...redeem.data} /> : null}</div>
    </div>
  );
}

function Given({ amountMicro, endsAt }: Reply<typeof redeemCode>) {
  return (
    <Text size="sm" mt="sm" c="var(--ml-ok)">
      <Trans>
        <Amount micro={amountMicro} as="balance" /> added. It is spent first, and what is left of it ends on{' '}
        <When at={endsAt} only="date" />.
      </Trans>
    </Text>
  );
}
