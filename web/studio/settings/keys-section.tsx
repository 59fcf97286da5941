import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Badge, Button, CopyButton, Group, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { type ApiKey, createApiKey, revokeApiKey } from '#contract/members.ts';
import { call } from '../../call.ts';
import { useConfirm } from '../../ui/confirm.tsx';
import { FormShell } from '../../ui/form-shell.tsx';
import { ProblemAlert } from '../../ui/problem.tsx';
import { ProviderLinks } from '../../ui/provider-facts.tsx';
import { modelsQuery } from '../../ui/queries.ts';
import { Waiting } from '../../ui/states.tsx';
import { valid } from '../../ui/valid.ts';
import { When } from '../../ui/when.tsx';
import { KeyLimit } from './key-limit.tsx';
import { keysQuery } from './keys-query.ts';
import { Section } from './section.tsx';
import classes from './settings.module.css';

/** Keys for programs, with how to use one. */
export function KeysSection() {
  return (
    <>
      <NewKey />
      <Section title={<Trans>Your keys</Trans>}>
        <Keys />
      </Section>
      <Section
        title={<Trans>How to use one</Trans>}
        lead={
          <Trans>
            Clients of OpenAI, Anthropic and Google work, with every model: set the base address and the key.
          </Trans>
        }
      >
        <Example title={<Trans>OpenAI’s format</Trans>} lines={openAi} />
        <Example title={<Trans>Anthropic’s format</Trans>} lines={anthropic} />
        <Example title={<Trans>Google’s format</Trans>} lines={google} />
      </Section>
    </>
  );
}

const openAi = `curl ${location.origin}/v1/chat/completions \\
  -H "authorization: Bearer $MLUEN_KEY" \\
  -H "content-type: application/json" \\
  -d '{"model": "openai/gpt-6-luna", "messages": [{"role": "user", "content": "Hello"}]}'`;
const anthropic = `curl ${location.origin}/v1/messages \\
  -H "x-api-key: $MLUEN_KEY" \\
  -H "anthropic-version: 2023-06-01" \\
  -H "content-type: application/json" \\
  -d '{"model": "anthropic/claude-haiku-5-5", "max_tokens": 500, "messages": [{"role": "user", "content": "Hello"}]}'`;
const google = `curl ${location.origin}/v1beta/models/google/gemini-3.6-flash:generateContent \\
  -H "x-goog-api-key: $MLUEN_KEY" \\
  -H "content-type: application/json" \\
  -d '{"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}'`;

function Example({ title, lines }: { title: ReactNode; lines: string }) {
  return (
    <div>
      <Text component="h3" size="sm" fw={600} mb={4}>
        {title}
      </Text>
      <code className={classes.code} dir="ltr">
        {lines}
      </code>
    </div>
  );
}

function NewKey() {
  const { t } = useLingui();
  const cache = useQueryClient();
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: valid(z.string().trim().min(1).max(60), t`Give the key a name, such as “my server”.`) },
  });
  const create = useMutation({
    mutationFn: ({ name }: { name: string }) => call(createApiKey, { name, expiresAt: null }),
    onSuccess: () => {
      form.reset();
      return cache.invalidateQueries({ queryKey: keysQuery.queryKey });
    },
  });
  return (
    <Section
      title={<Trans>Make a key</Trans>}
      lead={
        <Trans>
          A key spends from your wallet. Whoever has it can spend, up to the limit that you give it below.
        </Trans>
      }
    >
      <FormShell
        onSubmit={form.onSubmit((values) => create.mutate(values))}
        submitError={create.error}
        loading={create.isPending}
        submitLabel={<Trans>Make key</Trans>}
      >
        <TextInput {...form.getInputProps('name')} label={t`Name`} maxLength={60} />
        <Providers />
      </FormShell>
      {create.data ? <Secret secret={create.data.secret} /> : null}
    </Section>
  );
}

/** Clause 5.3: a key may name any model, so whoever makes one is told of all their providers at once. */
function Providers() {
  const models = useQuery(modelsQuery).data ?? [];
  const providers = [...new Map(models.map((model) => [model.provider.id, model.provider])).values()];
  return (
    <div>
      <Text size="sm">
        <Trans>
          Programs with a key may send to any of these providers, each under its own terms. By making a key
          you say that you have been told of them.
        </Trans>
      </Text>
      <details>
        <summary>
          <Trans>{providers.length} providers: what they keep, and where</Trans>
        </summary>
        <ul className={classes.list}>
          {providers.map((provider) => (
            <li key={provider.id} className={classes.item}>
              <span className={classes.words}>
                {provider.name}, {provider.regions.join(', ')}
                <Text size="xs" c="dimmed">
                  {provider.retention} {provider.training}
                </Text>
              </span>
              <ProviderLinks provider={provider} />
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

function Secret({ secret }: { secret: string }) {
  return (
    <Alert color="ok" mt="md" role="status" title={<Trans>Copy it now; we cannot show it again.</Trans>}>
      <code className={classes.code} dir="ltr">
        {secret}
      </code>
      <Group mt="xs">
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" size="xs" onClick={copy}>
              {copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}

function Keys() {
  const keys = useQuery(keysQuery);
  if (keys.isPending) return <Waiting what={<Trans>your keys</Trans>} rows={2} />;
  if (keys.isError) return <ProblemAlert error={keys.error} onRetry={() => void keys.refetch()} />;
  if (keys.data.length === 0)
    return (
      <Text size="sm" c="var(--ml-text-2)">
        <Trans>No keys yet. Make one above to use the models from a program.</Trans>
      </Text>
    );
  return (
    <ul className={classes.list}>
      {keys.data.map((key) => (
        <KeyRow key={key.id} apiKey={key} />
      ))}
    </ul>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const confirm = useConfirm();
  const revoke = useMutation({
    mutationFn: () => call(revokeApiKey, { id: apiKey.id }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
  const ask = () =>
    confirm({
      title: t`Revoke “${apiKey.name}”?`,
      body: t`Programs that use this key stop working at once. This cannot be undone.`,
      action: t`Revoke the key`,
      onConfirm: () => revoke.mutate(),
    });
  return (
    <li className={classes.item}>
      <span className={classes.words}>
        <bdi>{apiKey.name}</bdi>
        <Text size="xs" c="dimmed">
          <bdi dir="ltr">{apiKey.prefix}…</bdi> ·{' '}
          {apiKey.lastUsedAt === null ? (
            <Trans>never used</Trans>
          ) : (
            <Trans>
              last used <When at={apiKey.lastUsedAt} />
            </Trans>
          )}
        </Text>
      </span>
      {apiKey.revokedAt === null ? (
        <Button variant="default" size="xs" loading={revoke.isPending} onClick={ask}>
          <Trans>Revoke</Trans>
        </Button>
      ) : (
        <Badge color="gray">
          <Trans>Revoked</Trans>
        </Badge>
      )}
      <div className={classes.below}>
        <ProblemAlert error={revoke.error} />
        {apiKey.revokedAt === null ? <KeyLimit apiKey={apiKey} /> : null}
      </div>
    </li>
  );
}
