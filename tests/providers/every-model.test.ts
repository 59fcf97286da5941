import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '#sandbox/start.ts';
import { shippedProviders } from '#server/catalogue/data/shipped-models.ts';
import { checkParams, leastFields } from '#server/catalogue/params.ts';
import type { JsonSchema, ShippedModel } from '#server/catalogue/shipped.ts';
import { type Egress, openEgress } from '#server/egress/egress.ts';
import { createRouting } from '#server/generations/routing.ts';
import {
  type Adapter,
  adapterFor,
  type Call,
  type Context,
  type InputFile,
} from '#server/providers/provider.ts';
import { providers } from '#server/providers/registry.ts';
import { aPicture, aRecording } from '#server/providers/test-files.ts';
import { startClips } from '#tests/support/clips.ts';

/** Every model on offer, called as the form calls it: with its defaults, and with a picture in each field that takes one. */
let sandbox: Sandbox;
let egress: Egress;
let clips: Awaited<ReturnType<typeof startClips>>;

beforeAll(async () => {
  sandbox = await startSandbox();
  egress = openEgress();
  clips = await startClips();
});
afterAll(async () => {
  clips.close();
  await egress.close();
  await sandbox.close();
});

const served = shippedProviders.flatMap((shipped) => {
  const provider = providers.find(({ id }) => id === shipped.id);
  return shipped.models
    .filter(({ kind }) => provider?.operations[kind] !== undefined)
    .map((model) => ({ id: model.id, model, provider: provider! }));
});

describe.each(served)('$id', ({ model, provider }) => {
  const adapter = adapterFor(provider, model.kind, model.upstream);

  test('answers a call with its defaults, and uses what has a price', async () => {
    const usage = await usageOf(provider.id, adapter, await callOf(model, false));
    const priced = new Set(model.prices.map(({ unit }) => unit as string));
    expect(usage.filter((unit) => !priced.has(fallback(unit, priced)))).toEqual([]);
  });

  const pictures = picturesIn(model);
  test.runIf(pictures.length > 0)('answers a call with a picture', async () => {
    expect(await usageOf(provider.id, adapter, await callOf(model, true))).not.toEqual([]);
  });
});

/** Of a cache without a price of its own, the plain price holds. */
function fallback(unit: string, priced: Set<string>): string {
  if (priced.has(unit)) return unit;
  return unit.replace(/^(cached_|)input_(image_)?token$|^cache_write_(hour_)?token$/, 'input_token');
}

function picturesIn(model: ShippedModel): string[] {
  const fields = model.parameters.properties as Record<string, JsonSchema>;
  const names = Object.keys(fields).filter((name) => mediaOf(fields[name]!) === 'image');
  // A mask alone is no picture to change, and a last frame needs a first; references exclude frames.
  return names.slice(0, 1);
}

const mediaOf = (field: JsonSchema): unknown =>
  field['x-media'] ?? (field.items as JsonSchema | undefined)?.['x-media'];

async function callOf(model: ShippedModel, withPicture: boolean): Promise<Call> {
  const fields = model.parameters.properties as Record<string, JsonSchema>;
  const required = leastFields(model.parameters);
  const pictures = withPicture ? picturesIn(model) : [];
  const files: InputFile[] = [];
  const given: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const media = mediaOf(field);
    if (media === undefined && (required.includes(name) || name === 'prompt')) given[name] = 'a lighthouse';
    if (media === undefined || !(required.includes(name) || pictures.includes(name))) continue;
    const file = await aFile(media, files.length);
    given[name] = field.type === 'array' ? [`file:${file.id}`] : `file:${file.id}`;
    files.push(file);
  }
  const checked = checkParams(model.parameters, given);
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors));
  const words = model.kind === 'text' ? { messages: [{ role: 'user', content: 'a lighthouse' }] } : {};
  return {
    generationId: crypto.randomUUID(),
    operation: model.kind,
    upstreamModel: model.upstream,
    params: { ...checked.params, ...words },
    files,
    memberHash: 'a3f0c1',
  };
}

async function aFile(media: unknown, at: number): Promise<InputFile> {
  const id = `0190a0a0-0000-7000-8000-0000000000${String(at).padStart(2, '0')}`;
  if (media === 'audio') return aRecording(id, 3);
  return media === 'image' ? aPicture(id) : clips.clip(id);
}

async function usageOf(providerId: string, adapter: Adapter, call: Call): Promise<string[]> {
  const routing = createRouting(
    providers,
    { mode: 'sandbox', providerSetting: () => undefined },
    sandbox.urls,
  );
  const route = routing.choose(providerId)!;
  const passage = {
    provider: providerId,
    route,
    resultHosts: routing.provider(providerId).resultHosts,
    hashKey: createSecretKey(randomBytes(32)),
    onReceipt: () => undefined,
  };
  const context: Context = {
    route,
    signal: new AbortController().signal,
    send: (request) => egress.send(passage, request),
  };
  if (adapter.kind === 'stream') {
    for await (const event of adapter.stream(call, context))
      if (event.type === 'end') return Object.keys(event.usage ?? {});
    throw new Error('no end');
  }
  if (adapter.kind === 'reply') return Object.keys((await adapter.run(call, context)).usage ?? {});
  let state = await adapter.submit(call, context);
  while (state.state === 'running') {
    await fetch(`${sandbox.urls[providerId]}/_control/clock`, {
      method: 'POST',
      body: JSON.stringify({ advanceSeconds: 120 }),
    });
    state = await adapter.poll(state.task, context);
  }
  return Object.keys(state.usage ?? {});
}
