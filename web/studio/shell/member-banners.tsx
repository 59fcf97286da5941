import { Trans } from '@lingui/react/macro';
import { Alert, Button, Checkbox, Group, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { acceptDocuments, type Member } from '#contract/members.ts';
import { cancelErasure } from '#contract/privacy.ts';
import { call } from '../../call.ts';
import { LinkText } from '../../ui/link.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { meQuery, useMe } from '../../ui/queries.ts';
import { When } from '../../ui/when.tsx';
import classes from './shell.module.css';

/** What a member must know before anything else: an account that is closing, documents to accept. */
export function MemberBanners() {
  const me = useMe();
  if (me === null || (me.erasureAt === null && me.toAccept.length === 0)) return null;
  return (
    <Stack gap="xs" className={classes.banners}>
      {me.erasureAt === null ? null : <ClosingBanner erasureAt={me.erasureAt} />}
      {me.toAccept.length === 0 ? null : <AcceptanceBanner toAccept={me.toAccept} />}
    </Stack>
  );
}

function ClosingBanner({ erasureAt }: { erasureAt: string }) {
  const cache = useQueryClient();
  const keep = useMutation({
    mutationFn: () => call(cancelErasure),
    onSuccess: () => cache.invalidateQueries({ queryKey: meQuery.queryKey }),
  });
  return (
    <Alert color="held" title={<Trans>Your account is closing</Trans>}>
      <Trans>
        It is erased on <When at={erasureAt} />. Until then you can read, download and change your mind.
      </Trans>
      <Group mt="xs">
        <Button size="xs" variant="default" loading={keep.isPending} onClick={() => keep.mutate()}>
          <Trans>Keep my account</Trans>
        </Button>
      </Group>
      <ProblemAlert error={keep.error} />
    </Alert>
  );
}

function AcceptanceBanner({ toAccept }: { toAccept: Member['toAccept'] }) {
  const cache = useQueryClient();
  const [agreed, setAgreed] = useState(false);
  const accept = useMutation({
    mutationFn: () => call(acceptDocuments, { documents: toAccept }),
    onSuccess: (me) => cache.setQueryData(meQuery.queryKey, me),
  });
  return (
    <Alert color="accent" title={<Trans>Our documents have changed</Trans>}>
      <Trans>
        Read the{' '}
        <LinkText to="/legal/$document" params={{ document: 'terms' }}>
          terms
        </LinkText>{' '}
        and the{' '}
        <LinkText to="/legal/$document" params={{ document: 'privacy' }}>
          privacy policy
        </LinkText>
        . New generations and top-ups wait until you accept; reading, download and erasure work.
      </Trans>
      <Group mt="xs">
        <Checkbox
          checked={agreed}
          onChange={(event) => setAgreed(event.currentTarget.checked)}
          label={<Trans>I have read and accept them</Trans>}
        />
        <Button
          size="xs"
          variant="default"
          disabled={!agreed}
          loading={accept.isPending}
          onClick={() => accept.mutate()}
        >
          <Trans>Accept</Trans>
        </Button>
      </Group>
      <ProblemAlert error={accept.error} />
    </Alert>
  );
}
