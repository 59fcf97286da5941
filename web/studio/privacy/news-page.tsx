import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { notFound, useParams } from '@tanstack/react-router';
import { confirmMarketing, stopMarketing } from '#contract/privacy-marketing.ts';
import { call } from '../../call.ts';
import { LinkText } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';

const words = {
  'not-found': msg`This link is no longer good. You can turn news on and off in Settings → Privacy.`,
};

/** Where the links of mails lead (clause 4.2). A press of the button decides: programs open links too. */
export function NewsPage() {
  const { t } = useLingui();
  const { what, token } = useParams({ from: '/news/$what/$token' });
  if (what !== 'confirm' && what !== 'stop') throw notFound();
  const decide = useMutation({
    mutationFn: () => call(what === 'confirm' ? confirmMarketing : stopMarketing, { token }),
  });
  return (
    <Page title={t`News by e-mail`} width="text">
      <Stack gap="md" align="flex-start">
        <Text role="status">
          {decide.isSuccess ? (
            what === 'confirm' ? (
              <Trans>Thank you. We write at most once a month, and every mail can stop it.</Trans>
            ) : (
              <Trans>Done. You get no more of this, and what was waiting to be sent is dropped.</Trans>
            )
          ) : what === 'confirm' ? (
            <Trans>Shall we write to you about new models, at most once a month?</Trans>
          ) : (
            <Trans>
              Shall we stop writing to you about new models? Receipts, codes and notices about your account
              still come.
            </Trans>
          )}
        </Text>
        {decide.isSuccess ? (
          <LinkText to="/settings/privacy">
            <Trans>Your privacy settings</Trans>
          </LinkText>
        ) : (
          <Button loading={decide.isPending} onClick={() => decide.mutate()}>
            {what === 'confirm' ? <Trans>Yes, write to me</Trans> : <Trans>Stop the news</Trans>}
          </Button>
        )}
        <ProblemAlert error={decide.error} words={words} />
      </Stack>
    </Page>
  );
}
