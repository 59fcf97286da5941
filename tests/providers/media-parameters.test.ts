import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '#sandbox/start.ts';
import { shippedProviders } from '#server/catalogue/data/shipped-models.ts';
import { checkParams, leastFields } from '#server/catalogue/params.ts';
import type { JsonSchema, ShippedModel } from '#server/catalogue/shipped.ts';
import { type Egress, openEgress } from '#server/egress/egress.ts';
import { createRouting, type Routing } from '#server/generations/routing.ts';
import {
  adapterFor,
  type Call,
  type Context,
  type InputFile,
  type Outbound,
  ProviderFault,
} from '#server/providers/provider.ts';
import { providers } from '#server/providers/registry.ts';
import { aPicture, aRecording } from '#server/providers/test-files.ts';
import { startClips } from '#tests/support/clips.ts';
import { mediaSurfaces } from '#tests/support/media-surfaces.ts';

/**
 * What a simulator's validator takes, field by field on the wire, against what our forms can send: each model is called
 * once with every parameter on offer, at the edges of its range, and what left is gathered. What never leaves, or never
 * changes what leaves, is a mistake, unless it stands in the table of surfaces with the reason.
 */

/** What has to stand beside a value so that it means something, by field, or by model and field. */
const beside: Record<string, string[]> = {
  last_frame: ['first_frame'],
  keyframe_seconds: ['keyframes'],
  reference_audios: ['reference_images'],
  reference_voices: ['reference_images'],
  diarization_threshold: ['diarize'],
  respect_sections_durations: ['composition_plan'],
  task: ['video'],
  resize_mode: ['first_frame'],
};
/** Every call has these, or they have one value. */
const constant = new Set(['prompt', 'version', 'face']);

let sandbox: Sandbox;
let egress: Egress;
let routing: Routing;
let clips: Awaited<ReturnType<typeof startClips>>;
beforeAll(async () => {
  sandbox = await startSandbox();
  egress = openEgress();
  clips = await startClips();
  routing = createRouting(providers, { mode: 'sandbox', providerSetting: () => undefined }, sandbox.urls);
});
afterAll(async () => {
  clips.close();
  await egress.close();
  await sandbox.close();
});

const MEDIA = new Set(['image', 'video', 'speech', 'transcription', 'sound', 'music']);
const tried = mediaSurfaces.flatMap((surface) =>
  shippedProviders
    .find(({ id }) => id === surface.provider)!
    .models.filter(({ kind }) => MEDIA.has(kind) && (surface.provider !== 'google' || kind === 'video'))
    .map((model) => ({ id: model.id, model, surface })),
);

describe.each(tried)('$id', ({ model, surface }) => {
  test('sends every field that the provider takes, and nothing that changes nothing', {
    timeout: 120_000,
  }, async () => {
    const fields = model.parameters.properties as Record<string, JsonSchema>;
    const base = await sent(surface.provider, await callOf(model, {}));
    const reached = new Set(pathsIn(base));
    const idle: string[] = [];
    const least = leastFields(model.parameters);
    for (const [name, field] of Object.entries(fields)) {
      let changes = false;
      for (const value of edgesOf(name, field)) {
        const body = await sent(surface.provider, await callOf(model, { [name]: value }));
        for (const path of pathsIn(body)) reached.add(path);
        changes ||= JSON.stringify(body) !== JSON.stringify(base);
      }
      if (!changes && !constant.has(name) && !least.includes(name)) idle.push(name);
    }
    expect(idle, 'these change nothing that is sent').toEqual([]);
    const forgotten = surface.takes(model).filter((path) => !reached.has(path) && !(path in surface.not));
    expect(forgotten, 'the provider takes these, and no parameter sends them').toEqual([]);
  });
});

test('explains the absence of nothing that nobody takes', () => {
  for (const surface of mediaSurfaces) {
    const taken = new Set(
      tried.filter((each) => each.surface === surface).flatMap(({ model }) => surface.takes(model)),
    );
    expect(
      Object.keys(surface.not).filter((name) => !taken.has(name)),
      surface.provider,
    ).toEqual([]);
  }
});

const mediaOf = (field: JsonSchema): unknown =>
  field['x-media'] ?? (field.items as JsonSchema | undefined)?.['x-media'];

/** The values at the edges of a field. */
function edgesOf(name: string, field: JsonSchema): unknown[] {
  const hints = field['x-ui'] as { presets?: { value: unknown }[] };
  if (mediaOf(field) !== undefined) return [FILE];
  if (name === 'prompt') return [`other words ${ACCEPTED}`];
  if (name in narrow) return narrow[name]!;
  if (Array.isArray(field.examples)) return field.examples;
  if (Array.isArray(field.enum)) return field.enum;
  if (field.type === 'boolean') return [true, false];
  if (field.type === 'integer' || field.type === 'number') return [field.minimum, field.maximum];
  if (hints.presets !== undefined && field.type === 'string') return hints.presets.map(({ value }) => value);
  if (hints.presets !== undefined) return [hints.presets.slice(1, 3).map(({ value }) => value)];
  if (field.type === 'array')
    return (field.items as JsonSchema).type === 'number' ? [[2]] : [['quay', 'jetty']];
  return [name === 'link' ? 'https://example.com/page' : 'en'];
}

/** Where the edges of a range only fit other files than those of this test. */
const narrow: Record<string, unknown[]> = {
  face: [1],
  sound_start: [0.5],
  sound_end: [2.5],
  sound_insert: [1],
};

const FILE = Symbol('a file');
/** Whatever passes a simulator's validator fails then, without being made. */
const ACCEPTED = '[sandbox:500]';

async function callOf(model: ShippedModel, wished: Record<string, unknown>): Promise<Call> {
  const fields = model.parameters.properties as Record<string, JsonSchema>;
  const [name = ''] = Object.keys(wished);
  const least = leastFields(model.parameters);
  // What excludes the usual way stands for it.
  const instead =
    least.includes('prompt') && 'composition_plan' in wished
      ? least.filter((each) => each !== 'prompt')
      : least;
  const names = new Set([
    ...instead,
    ...('prompt' in fields && instead.includes('prompt') ? ['prompt'] : []),
    name,
    ...(beside[name] ?? []),
  ]);
  if (fields.prompt !== undefined && !least.includes('prompt') && !('composition_plan' in fields))
    names.add('prompt');
  const given: Record<string, unknown> = {};
  const files: InputFile[] = [];
  for (const each of names) {
    const field = fields[each];
    if (field === undefined) continue;
    const media = mediaOf(field);
    if (media !== undefined) {
      const count = each === name ? Number(field.maxItems ?? 1) : 1;
      const some = await Promise.all(
        Array.from({ length: Math.min(count, MOST[String(media)] ?? 1) }, (_, at) =>
          aFile(media, files.length + at),
        ),
      );
      files.push(...some);
      const named = some.map(({ id }) => `file:${id}`);
      given[each] = field.type === 'array' ? named : named[0];
    } else if (each in wished) given[each] = wished[each];
    else given[each] = edgesOf(each, field)[0];
  }
  for (const rule of rulesOf(model, given)) Object.assign(given, rule);
  const checked = checkParams(model.parameters, given);
  if (!checked.ok) throw new Error(`${name}: ${JSON.stringify(checked.errors)} ${JSON.stringify(given)}`);
  return {
    generationId: crypto.randomUUID(),
    operation: model.kind,
    upstreamModel: model.upstream,
    params: checked.params,
    files,
    memberHash: 'a3f0c1',
  };
}

/** Of clips and sounds a few: their seconds are limited together. */
const MOST: Record<string, number> = { image: 10, video: 2, audio: 2 };

/** What a schema's own conditions add. */
function rulesOf(model: ShippedModel, given: Record<string, unknown>): Record<string, unknown>[] {
  const fields = model.parameters.properties as Record<string, JsonSchema>;
  const rules: Record<string, unknown>[] = [];
  if (given.aspect_ratio === 'custom' || given.size === 'custom') rules.push({ width: 1024, height: 1024 });
  if (model.id.startsWith('google-cloud/') && /1080p|4k/.test(String(given.resolution)))
    rules.push({ duration: 8 });
  if (model.id.startsWith('google-cloud/') && (given.video || given.reference_images))
    rules.push({ duration: 8, resolution: '720p' });
  if (given.audio === 'native' && (fields.audio!.enum as unknown[]).length === 2 && 'first_frame' in fields)
    rules.push({ resolution: '1080p' });
  if (given.n === 12 && 'enable_sequential' in fields) rules.push({ enable_sequential: true });
  if (given.seed !== undefined && 'composition_plan' in fields) {
    delete given.prompt;
    rules.push({ composition_plan: (fields.composition_plan!.examples as unknown[])[0] });
  }
  if (given.composition_plan !== undefined) delete given.prompt;
  return rules;
}

async function aFile(media: unknown, at: number): Promise<InputFile> {
  const id = `0190a0a0-0000-7000-8000-0000000000${String(at).padStart(2, '0')}`;
  switch (media) {
    case 'audio':
      return { ...aRecording(id, 3), publicUrl: clips.soundUrl };
    case 'video':
      return clips.clip(id);
    case 'document':
      return {
        id,
        name: 'mine.pdf',
        mediaType: 'application/pdf',
        bytes: Buffer.from('%PDF-1.7'),
        publicUrl: 'https://files.example/mine.pdf',
      };
    default:
      return aPicture(id, 640, 640);
  }
}

/** The last request with a body that makes something, as it left. */
async function sent(providerId: string, call: Call): Promise<unknown> {
  const adapter = adapterFor(routing.provider(providerId), call.operation, call.upstreamModel);
  const route = routing.choose(providerId)!;
  const passage = {
    provider: providerId,
    route,
    resultHosts: routing.provider(providerId).resultHosts,
    hashKey: createSecretKey(randomBytes(32)),
    onReceipt: () => undefined,
  };
  let last: Outbound | undefined;
  const context: Context = {
    route,
    signal: new AbortController().signal,
    send: (request) => {
      if (
        last === undefined &&
        request.method === 'POST' &&
        request.body !== undefined &&
        !/token$|identify-face$|:fetchPredict/.test(request.url)
      )
        last = request;
      return egress.send(passage, request);
    },
  };
  try {
    if (adapter.kind === 'reply') await adapter.run(call, context);
    else if (adapter.kind === 'task') {
      const state = await adapter.submit(call, context);
      await fetch(`${sandbox.urls[providerId]}/_control/clock`, {
        method: 'POST',
        body: JSON.stringify({ advanceSeconds: 600 }),
      });
      // Some look at what they were given when they come to it.
      if (state.state === 'running') await adapter.poll(state.task, context);
    }
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    if (!/^500 /.test(error.detail))
      throw new Error(`${JSON.stringify(call.params).slice(0, 400)}: ${error.detail}`);
  }
  return bodyOf(last!, call);
}

/** A body without what is another in each call: JSON, or the fields of a form. */
function bodyOf({ body, url, headers }: Outbound, call: Call): unknown {
  const query = Object.fromEntries(
    [...new URL(url).searchParams].map(([name, value]) => [`?${name}`, value]),
  );
  const text = Buffer.isBuffer(body) ? body.toString('latin1') : String(body);
  if (!headers?.['content-type']?.startsWith('multipart/'))
    return {
      ...JSON.parse(text.replaceAll(call.generationId, 'id')),
      ...query,
      _path: new URL(url).pathname,
    };
  const fields = [
    ...text.matchAll(
      /form-data; name="([^"]+)"(?:; filename[^\r]*)?\r\n(?:content-type[^\r]*\r\n)?\r\n([^\r]{0,200})/g,
    ),
  ];
  return {
    ...Object.fromEntries(fields.map(([, name, value]) => [name, value])),
    ...query,
    _path: new URL(url).pathname,
  };
}

/** `settings.duration`, `contents[first_frame]`, `keyframes[]`: items of a list by their kind. */
function pathsIn(value: unknown, at = ''): string[] {
  if (Array.isArray(value))
    return [
      at,
      ...value.flatMap((item) => {
        if (typeof item !== 'object' || item === null || Array.isArray(item)) return [`${at}[]`];
        const { role, type, referenceType } = item as Record<string, unknown>;
        const kind = role ?? referenceType ?? type ?? '';
        return [`${at}[${kind}]`, ...pathsIn(item, at)];
      }),
    ];
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = at === '' ? name : `${at}.${name}`;
    return [path, ...pathsIn(inner, path)];
  });
}
