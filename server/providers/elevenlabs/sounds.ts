import { jsonOrNull, readAs, unitsOf, wholeOf } from '../answers.ts';
import { numberOf, textOf } from '../input-files.ts';
import type { Call, Context, Done, ReplyAdapter, Units } from '../provider.ts';
import { captionsFrom } from './alignment.ts';
import { dialogueOf } from './dialogue.ts';
import { elevenlabsFault } from './faults.ts';
import { Timed } from './wire.ts';

/** A piece of five minutes takes over a minute to make. */
const IDLE_MS = 5 * 60_000;
const SHORTEST_MUSIC_SECONDS = 3;
/** Brings the times of each letter beside the sound. */
const TIMED = '/with-timestamps';
/** Sends the sound while it is made. */
const STREAMED = '/stream';

const charactersOf = (call: Call): number => [...textOf(call.params.prompt)].length;
const secondsOf = (call: Call): Units =>
  unitsOf({ second: numberOf(call.params.duration, SHORTEST_MUSIC_SECONDS) });

const DIALOGUE = 'text-to-dialogue';
const DIALOGUE_MODEL = 'eleven_v3';

const creditsOr = (call: Call) => (cost: number | null) =>
  unitsOf(cost === null ? { character: charactersOf(call) } : { credit: cost });

/** A character is a credit, or a part of one: what was really taken stands in a header. */
export const elevenSpeech: ReplyAdapter = {
  kind: 'reply',
  bound: (call) => unitsOf({ character: charactersOf(call) }),
  run(call, context) {
    if (call.upstreamModel === DIALOGUE) return dialogue(call, context);
    const { prompt, voice, output_format, timestamps: _, ...params } = call.params;
    const { stability, similarity_boost, style, use_speaker_boost, speed, ...rest } = params;
    return soundOf(context, call, {
      path: `/v1/text-to-speech/${encodeURIComponent(textOf(voice))}${formOf(call, context)}`,
      format: textOf(output_format),
      body: {
        ...rest,
        text: prompt,
        model_id: call.upstreamModel,
        voice_settings: { stability, similarity_boost, style, use_speaker_boost, speed },
      },
      usage: creditsOr(call),
    });
  },
};

/** With the times of its letters, while it is made for who hears it, or whole. WAV is not made piece by piece. */
function formOf({ params }: Call, { onPartial }: Context): string {
  if (params.timestamps === true) return TIMED;
  const isWav = textOf(params.output_format).startsWith('wav');
  return onPartial === undefined || isWav ? '' : STREAMED;
}

/** Several voices in one recording. */
function dialogue(call: Call, context: Context): Promise<Done> {
  const { prompt: _, voices: __, output_format, stability, timestamps: ___, ...rest } = call.params;
  return soundOf(context, call, {
    path: `/v1/text-to-dialogue${formOf(call, context)}`,
    format: textOf(output_format),
    body: {
      ...rest,
      inputs: dialogueOf(call),
      model_id: DIALOGUE_MODEL,
      ...(stability === undefined ? {} : { settings: { stability } }),
    },
    usage: creditsOr(call),
  });
}

export const elevenSound: ReplyAdapter = {
  kind: 'reply',
  bound: secondsOf,
  run(call, context) {
    const { prompt, duration, output_format, ...rest } = call.params;
    return soundOf(context, call, {
      path: '/v1/sound-generation',
      format: textOf(output_format),
      body: { ...rest, text: prompt, duration_seconds: duration, model_id: call.upstreamModel },
      usage: () => secondsOf(call),
    });
  },
};

export const elevenMusic: ReplyAdapter = {
  kind: 'reply',
  bound: musicSeconds,
  run(call, context) {
    const { output_format, ...rest } = call.params;
    return soundOf(context, call, {
      path: '/v1/music',
      format: textOf(output_format),
      body: { ...musicBody(rest), model_id: call.upstreamModel },
      usage: () => musicSeconds(call),
    });
  },
};

/** A plan has its own length, and takes neither words nor what goes with words. */
function musicBody({ duration, ...params }: Record<string, unknown>): Record<string, unknown> {
  const { prompt: _, force_instrumental: __, lyrics_text: ___, ...planned } = params;
  const { seed: ____, respect_sections_durations: _____, ...told } = params;
  return params.composition_plan === undefined
    ? { ...told, music_length_ms: numberOf(duration, SHORTEST_MUSIC_SECONDS) * 1000 }
    : planned;
}

function musicSeconds(call: Call): Units {
  const plan = call.params.composition_plan as { sections?: { duration_ms: number }[] } | undefined;
  if (plan?.sections === undefined) return secondsOf(call);
  return unitsOf({ second: plan.sections.reduce((sum, { duration_ms: ms }) => sum + ms, 0) / 1000 });
}

interface Order {
  path: string;
  format: string;
  body: Record<string, unknown>;
  /** `cost`: the credits that were taken, where the answer says so. */
  usage(cost: number | null): Units;
}

async function soundOf({ route, send, onPartial }: Context, call: Call, order: Order): Promise<Done> {
  const query = order.format === '' ? '' : `?output_format=${encodeURIComponent(order.format)}`;
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}${order.path}${query}`,
    headers: { 'xi-api-key': route.key, 'content-type': 'application/json' },
    body: JSON.stringify(order.body),
    kinds: ['prompt', 'params'],
    idleMs: IDLE_MS,
  });
  if (answer.status !== 200) throw elevenlabsFault(answer.status, answer.headers, await answer.bytes());
  const mediaType = mediaTypeOf(order.format);
  const bytes = order.path.endsWith(STREAMED)
    ? await wholeOf(answer.chunks(), (sound) => onPartial?.({ sound, mediaType }))
    : await answer.bytes();
  const isTimed = order.path.endsWith(TIMED);
  const timed = isTimed ? readAs(jsonOrNull(bytes.toString('utf8')), Timed) : null;
  const cost = Number(answer.headers['character-cost'] ?? Number.NaN);
  return {
    state: 'done',
    artifacts: [
      {
        bytes: timed === null ? bytes : Buffer.from(timed.audio_base64, 'base64'),
        mediaType,
      },
    ],
    ...(timed === null ? {} : { text: captionsFrom(timed.alignment) }),
    usage: order.usage(Number.isFinite(cost) ? cost : null),
    upstreamId: answer.headers['request-id'] ?? answer.headers['song-id'] ?? call.generationId,
  };
}

/** By the format that was asked for: what the answer says of raw samples is not to be relied on. */
function mediaTypeOf(format: string): string {
  const [family, rate] = format.split('_');
  switch (family) {
    case 'opus':
      return 'audio/ogg';
    case 'wav':
      return 'audio/wav';
    case 'pcm':
      return `audio/L16;rate=${rate};channels=1`;
    case 'ulaw':
    case 'alaw':
      return 'audio/basic';
    default:
      return 'audio/mpeg';
  }
}
