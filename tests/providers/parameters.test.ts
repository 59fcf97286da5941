import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '#sandbox/start.ts';
import { shippedProviders } from '#server/catalogue/data/shipped-models.ts';
import { checkParams } from '#server/catalogue/params.ts';
import type { JsonSchema, ShippedModel } from '#server/catalogue/shipped.ts';
import { type Egress, openEgress } from '#server/egress/egress.ts';
import { createRouting, type Routing } from '#server/generations/routing.ts';
import {
  adapterFor,
  type Call,
  type Context,
  type InputFile,
  type Operation,
  ProviderFault,
} from '#server/providers/provider.ts';
import { providers } from '#server/providers/registry.ts';
import { aPicture, aRecording } from '#server/providers/test-files.ts';

/** Every value at the edge of what the catalogue offers is one that the provider takes. */

let sandbox: Sandbox;
let egress: Egress;
let routing: Routing;
beforeAll(async () => {
  sandbox = await startSandbox();
  egress = openEgress();
  routing = createRouting(providers, { mode: 'sandbox', providerSetting: () => undefined }, sandbox.urls);
  await Promise.all(
    ['openai', 'anthropic', 'google', 'qwen'].map((id) =>
      fetch(`${sandbox.urls[id]}/_control/pace`, { method: 'POST', body: '{"paceMs":0}' }),
    ),
  );
});
afterAll(async () => {
  await egress.close();
  await sandbox.close();
});

/** Models of these providers; of several with the same schema, one. */
const OF = [
  'openai',
  'anthropic',
  'google',
  'qwen',
  'deepseek',
  'mistral',
  'groq',
  'together',
  'xai',
  'openrouter',
];
const KINDS: Operation[] = ['text', 'image', 'speech', 'transcription'];
const tried = shippedProviders
  .filter(({ id }) => OF.includes(id))
  .flatMap(({ id, models }) => {
    const seen = new Set<string>();
    return models
      .filter(({ kind }) => KINDS.includes(kind))
      .filter(({ kind, parameters }) => {
        const key = kind + JSON.stringify(parameters);
        return !seen.has(key) && seen.add(key) !== undefined;
      })
      .map((model) => ({ id: model.id, provider: id, model }));
  });

describe.each(tried)('$id', ({ provider, model }) => {
  const fields = Object.entries(model.parameters.properties as Record<string, JsonSchema>);
  const values = fields.flatMap(([name, field]) =>
    edgesOf(name, field).map((value) => [name, value] as const),
  );

  test.each(values)('takes %s: %j', async (name, value) => {
    const call = await callOf(model, { [name]: value, ...NEEDS[name]?.(value) });
    if (call === null) return; // the schema as a whole wants something else beside it
    const { detail } = await outcome(provider, model, call);
    expect(detail, 'the provider refused what is offered').toBeNull();
  });
});

/** What has to stand beside a value so that it means something. */
const TOOLS = [
  { type: 'function', function: { name: 'weather_in', parameters: { type: 'object', properties: {} } } },
];
const NEEDS: Record<string, (value: unknown) => Record<string, unknown>> = {
  // Some refuse to be forced to a tool while they think.
  tool_choice: () => ({ tools: TOOLS, enable_thinking: false, thinking: 'disabled' }),
  parallel_tool_calls: () => ({ tools: TOOLS }),
  thinking_budget: (value) => ({ max_completion_tokens: Number(value) + 1000 }),
  background: (value) => (value === 'transparent' ? { output_format: 'png' } : {}),
};

const MADE: Record<string, unknown[]> = {
  tools: [TOOLS],
  tool_choice: [
    'none',
    'auto',
    'required',
    { type: 'function', function: { name: 'weather_in' } },
    {
      type: 'allowed_tools',
      allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'weather_in' } }] },
    },
  ],
  response_format: [
    { type: 'text' },
    { type: 'json_object' },
    {
      type: 'json_schema',
      json_schema: {
        name: 'answer',
        strict: true,
        schema: {
          type: 'object',
          properties: { subject: { type: 'string' } },
          required: ['subject'],
          additionalProperties: false,
        },
      },
    },
  ],
  stop: ['.', ['.', '!']],
  size: ['auto', '1024x1024', '1536x1024', '3840x2160', '1024x3072'],
  prompt_cache_options: [{ mode: 'implicit' }, { mode: 'explicit', ttl: '30m' }],
  cache_control: [{ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }],
  language: ['en'],
  language_code: ['en-US'],
};

/** The values at the edges of a field, of those that the schema itself lets through. */
function edgesOf(name: string, field: JsonSchema): unknown[] {
  if (mediaOf(field) !== undefined || name === 'prompt') return [];
  const made = MADE[name];
  const edges =
    made ??
    (field.enum as unknown[] | undefined) ??
    (field.type === 'boolean'
      ? [true, false]
      : field.type === 'integer' || field.type === 'number'
        ? [field.const ?? field.minimum, field.const ?? field.maximum]
        : field.type === 'array'
          ? [['one', 'two']]
          : ['some words']);
  return [...new Set(edges)].filter(
    (value) => value !== undefined && isTaken({ [name]: value }, field, name),
  );
}

function isTaken(params: Record<string, unknown>, field: JsonSchema, name: string): boolean {
  const schema = { type: 'object', properties: { [name]: field }, required: [], additionalProperties: false };
  return checkParams(schema as JsonSchema, params).ok;
}

const mediaOf = (field: JsonSchema): unknown =>
  field['x-media'] ?? (field.items as JsonSchema | undefined)?.['x-media'];

async function callOf(model: ShippedModel, params: Record<string, unknown>): Promise<Call | null> {
  const fields = Object.entries(model.parameters.properties as Record<string, JsonSchema>);
  const required = model.parameters.required as string[];
  const files: InputFile[] = [];
  const limit = Number(params.max_completion_tokens ?? 2000);
  const given = Object.fromEntries(
    Object.entries(params).filter(([name, value]) =>
      fields.some(([field, schema]) => field === name && isTaken({ [name]: value }, schema, name)),
    ),
  );
  for (const [name, field] of fields) {
    if (name === 'prompt' && model.kind !== 'transcription') given[name] = 'A: A lighthouse, in JSON.';
    else if (required.includes(name) && mediaOf(field) !== undefined) {
      const file = mediaOf(field) === 'audio' ? aRecording(ID, 2) : await aPicture(ID);
      files.push(file);
      given[name] = field.type === 'array' ? [`file:${ID}`] : `file:${ID}`;
    }
  }
  if (model.kind === 'text') given.max_completion_tokens = Math.min(limit, model.maxOutputTokens!);
  const checked = checkParams(model.parameters, given);
  if (!checked.ok) return null;
  const words = [{ role: 'user', content: '[sandbox:words=2] A lighthouse, in JSON.' }];
  return {
    generationId: crypto.randomUUID(),
    operation: model.kind,
    upstreamModel: model.upstream,
    params: model.kind === 'text' ? { ...checked.params, messages: words } : checked.params,
    files,
    memberHash: 'a3f0c1',
  };
}

const ID = '0190a0a0-0000-7000-8000-000000000000';

/** What the provider says against it; null when it takes it. */
async function outcome(
  provider: string,
  model: ShippedModel,
  call: Call,
): Promise<{ detail: string | null }> {
  const adapter = adapterFor(routing.provider(provider), model.kind, model.upstream);
  const route = routing.choose(provider)!;
  const passage = {
    provider,
    route,
    resultHosts: [],
    hashKey: createSecretKey(randomBytes(32)),
    onReceipt: () => undefined,
  };
  const context: Context = {
    route,
    signal: new AbortController().signal,
    send: (request) => egress.send(passage, request),
  };
  try {
    if (adapter.kind === 'stream') for await (const _ of adapter.stream(call, context));
    else if (adapter.kind === 'reply') await adapter.run(call, context);
    else await adapter.submit(call, context);
    return { detail: null };
  } catch (error) {
    if (error instanceof ProviderFault) return { detail: error.detail };
    throw error;
  }
}
