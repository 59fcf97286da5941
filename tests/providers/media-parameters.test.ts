import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as elevenlabs from '#sandbox/elevenlabs/fields.ts';
import { endpoints } from '#sandbox/fal/models.ts';
import { models as fluxModels } from '#sandbox/flux/models.ts';
import { omniFields, omniFormatFields } from '#sandbox/google/interactions.ts';
import { instanceNames, parameterNames } from '#sandbox/google-cloud/veo-request.ts';
import { contentTypes, faceFields, legacyFields, optionNames, settingNames } from '#sandbox/kling/fields.ts';
import { videoModels } from '#sandbox/kling/models.ts';
import * as qwen from '#sandbox/qwen/fields.ts';
import { officialModels } from '#sandbox/replicate/models.ts';
import * as seedance from '#sandbox/seedance/fields.ts';
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

/**
 * What a simulator's validator takes, field by field on the wire, against what our forms can send: each model is called
 * once with every parameter on offer, at the edges of its range, and what left is gathered. What never leaves, or never
 * changes what leaves, is a mistake, unless it stands below with the reason.
 */
interface Surface {
  provider: string;
  /** Names on the wire: dotted, lists of kinds as `contents[first_frame]`. */
  takes(model: ShippedModel): string[];
  /** What is not a person's to set, each with why. */
  not: Record<string, string>;
}

const ASYNC = 'how we wait for the answer';
const THEIRS = 'names things in the operator’s own account';
const FETCHED = 'another way to hand over what goes along as a file';
const UNPRICED = 'changes the price in a way that its page gives no number for';
const UNCLEAR = 'its form or its values are not on the page';
const STORED = 'keeps content at the provider';

const klingVideoFields = (model: string): string[] => {
  const [product = '', name = ''] = model.includes('/') ? model.split('/') : ['', model];
  const products = videoModels[name]!.products.filter((each) =>
    product === '' ? each !== 'motion-control' : each === product,
  );
  return [
    ...optionNames.map((option) => `options.${option}`),
    ...products.flatMap((each) => [
      ...(each === 'text-to-video' ? ['prompt'] : []),
      ...settingNames(each, name).map((setting) => `settings.${setting}`),
      ...contentTypes(each).map((type) => `contents[${type}]`),
    ]),
  ];
};

const klingProducts: Record<string, string> = {
  avatar: 'videos/avatar/image2video',
  'lip-sync': 'videos/advanced-lip-sync',
  'video-to-audio': 'audio/video-to-audio',
  'text-to-audio': 'audio/text-to-audio',
  tts: 'audio/tts',
  'kling-v3-omni': 'images/omni-image',
  'kling-image-o1': 'images/omni-image',
  'kling-v3': 'images/generations',
  'kling-v2-1': 'images/generations',
};

const surfaces: Surface[] = [
  {
    provider: 'flux',
    takes: ({ upstream }) =>
      Object.keys(fluxModels[upstream]!.fields).map((name) => (name === 'keyframes' ? 'keyframes[]' : name)),
    not: {
      webhook_url: ASYNC,
      webhook_secret: ASYNC,
      draft_cache: 'belongs to a draft of before, whose bundle is not kept',
    },
  },
  {
    provider: 'kling',
    takes({ upstream }) {
      const product = klingProducts[upstream];
      if (product === undefined) return klingVideoFields(upstream);
      const fields = [...legacyFields[product]!];
      return product.endsWith('lip-sync')
        ? [
            ...fields.filter((name) => name !== 'face_choose'),
            ...faceFields.map((name) => `face_choose.${name}`),
          ]
        : fields;
    },
    not: {
      'options.callback_url': ASYNC,
      callback_url: ASYNC,
      'contents[element]': THEIRS,
      element_list: THEIRS,
      audio_id: THEIRS,
      'face_choose.audio_id': THEIRS,
      video_id: THEIRS,
    },
  },
  {
    provider: 'seedance',
    takes: ({ upstream, kind }) =>
      kind === 'image'
        ? seedance.imageFields(upstream).map((name) => `${name}${nested[name] ?? ''}`)
        : [
            ...seedance.videoFields(upstream).filter((name) => name !== 'content'),
            ...seedance.contentRoles(upstream).map((role) => `content[${role}]`),
          ],
    not: {
      callback_url: ASYNC,
      stream: ASYNC,
      service_tier: 'flex takes hours: our jobs end before',
      priority: UNCLEAR,
      frames: 'another way to say the length',
      draft: 'its price is not told, and what follows a draft needs it kept',
      'content[draft_task]': 'follows a draft, which is not offered',
      tools: UNPRICED,
      omni_reference_task_type: UNCLEAR,
      output_format: 'MOV holds the same clip, and browsers do not play it',
    },
  },
  {
    provider: 'qwen',
    takes: ({ upstream, kind }) =>
      kind === 'image' ? qwen.imageFields(upstream) : qwen.videoFields(upstream),
    not: { 'parameters.color_palette': UNCLEAR, 'parameters.bbox_list': UNCLEAR },
  },
  {
    provider: 'elevenlabs',
    takes({ kind, upstream }) {
      const settings = elevenlabs.voiceSettings
        .filter((name) => name !== 'speed' || !upstream.startsWith('eleven_v4'))
        .map((name) => `voice_settings.${name}`);
      const speech = elevenlabs.speechFields.filter(
        (name) =>
          name !== 'voice_settings' && !(upstream === 'eleven_v3' && /^(previous|next)_text/.test(name)),
      );
      if (upstream === 'text-to-dialogue')
        return [
          ...elevenlabs.dialogueFields.filter((name) => name !== 'inputs' && name !== 'settings'),
          'inputs[]',
          'settings.stability',
          '?output_format',
        ];
      if (upstream === 'audio-isolation') return elevenlabs.isolationFields;
      const fields = {
        speech: [...speech, ...settings, ...elevenlabs.queryFields.map((name) => `?${name}`)],
        sound: [...elevenlabs.soundFields, '?output_format'],
        music: [...elevenlabs.musicFields.map((name) => `${name}${nested[name] ?? ''}`), '?output_format'],
        transcription: elevenlabs.transcriptFields.filter(
          (name) => name !== 'no_verbatim' || upstream === 'scribe_v2',
        ),
      };
      return fields[kind as keyof typeof fields];
    },
    not: {
      pronunciation_dictionary_locators: THEIRS,
      previous_request_ids: THEIRS,
      next_request_ids: THEIRS,
      use_pvc_as_ivc: 'deprecated',
      hash_text: UNCLEAR,
      '?enable_logging': 'for enterprise accounts alone',
      '?optimize_streaming_latency': 'deprecated',
      store_for_inpainting: STORED,
      source_url: FETCHED,
      cloud_storage_url: FETCHED,
      webhook: ASYNC,
      webhook_id: ASYNC,
      webhook_metadata: ASYNC,
      file_format: 'raw samples, which nobody has at hand',
      preview_b64: 'shown in their own pages alone',
      use_multi_channel: 'each channel is charged, and how many there are is known to the file alone',
      entity_detection: 'costs more, and has no place in a transcript',
    },
  },
  {
    provider: 'google',
    takes: ({ kind }) =>
      kind === 'video'
        ? [
            ...omniFields.filter((name) => !['response_format', 'input', 'generation_config'].includes(name)),
            ...omniFormatFields.map((name) => `response_format.${name}`),
            ...['input[text]', 'input[image]', 'input[video]', 'generation_config.video_config.task'],
          ]
        : [],
    not: {
      webhook_config: ASYNC,
      stream: ASYNC,
      previous_interaction_id: STORED,
      agent: 'of other models',
      tools: 'of other models',
      system_instruction: 'of other models',
      response_modalities: 'of other models',
      service_tier: UNPRICED,
      labels: 'for the operator’s own bill',
    },
  },
  {
    provider: 'google-cloud',
    takes: () => [
      ...parameterNames.map((name) => `parameters.${name}`),
      ...instanceNames.map((name) => `instances.${name}${name === 'referenceImages' ? '[asset]' : ''}`),
    ],
    not: {
      'parameters.storageUri': 'a bucket of the operator’s',
      'parameters.pubsubTopic': ASYNC,
      'parameters.enhancePrompt': 'of the models before',
      'parameters.fps': UNCLEAR,
      'instances.mask': UNCLEAR,
    },
  },
  {
    provider: 'fal',
    takes: ({ upstream }) =>
      Object.keys(endpoints[upstream]!.model.fields).map((name) =>
        name === 'image_urls' ? 'image_urls[]' : `${name}${nested[name] ?? ''}`,
      ),
    not: {
      sync_mode: ASYNC,
      multi_prompt: 'shots are written into the prompt',
      shot_type: 'of shots one by one, which are written into the prompt',
      elements: THEIRS,
      timestamps: 'come in a form that is not described',
      enable_safety_checker: 'whether content is looked at is not a person’s to say',
    },
  },
  {
    provider: 'replicate',
    takes: ({ upstream }) => Object.keys(officialModels[upstream]!.fields).map((name) => `input.${name}`),
    not: {
      'input.multi_prompt': UNCLEAR,
      'input.disable_safety_checker': 'whether content is looked at is not a person’s to say',
      'input.subtitle_enable': 'captions come in a form of their own, which nothing shows',
    },
  },
];

/** Of fields that hold an object, the part that is told. */
const nested: Record<string, string> = {
  sequential_image_generation_options: '.max_images',
  optimize_prompt_options: '.mode',
  composition_plan: '.sections[]',
};

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
const tried = surfaces.flatMap((surface) =>
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
  for (const surface of surfaces) {
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
