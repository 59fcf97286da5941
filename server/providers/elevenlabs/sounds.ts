import { unitsOf } from '../answers.ts';
import { numberOf, textOf } from '../input-files.ts';
import type { Call, Context, Done, ReplyAdapter, Units } from '../provider.ts';
import { elevenlabsFault } from './faults.ts';

/** A piece of five minutes takes over a minute to make. */
const IDLE_MS = 5 * 60_000;
const SHORTEST_MUSIC_SECONDS = 3;

const charactersOf = (call: Call): number => [...textOf(call.params.prompt)].length;
const secondsOf = (call: Call): Units =>
  unitsOf({ second: numberOf(call.params.duration, SHORTEST_MUSIC_SECONDS) });

/** A character is a credit, or a part of one: what was really taken stands in a header. */
export const elevenSpeech: ReplyAdapter = {
  kind: 'reply',
  bound: (call) => unitsOf({ character: charactersOf(call) }),
  run(call, context) {
    const { prompt, voice, output_format, ...params } = call.params;
    const { stability, similarity_boost, style, use_speaker_boost, speed, ...rest } = params;
    return soundOf(context, call, {
      path: `/v1/text-to-speech/${encodeURIComponent(textOf(voice))}`,
      format: textOf(output_format),
      body: {
        ...rest,
        text: prompt,
        model_id: call.upstreamModel,
        voice_settings: { stability, similarity_boost, style, use_speaker_boost, speed },
      },
      usage: (cost) => unitsOf(cost === null ? { character: charactersOf(call) } : { credit: cost }),
    });
  },
};

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
  bound: secondsOf,
  run(call, context) {
    const { duration, output_format, ...rest } = call.params;
    return soundOf(context, call, {
      path: '/v1/music',
      format: textOf(output_format),
      body: {
        ...rest,
        music_length_ms: numberOf(duration, SHORTEST_MUSIC_SECONDS) * 1000,
        model_id: call.upstreamModel,
      },
      usage: () => secondsOf(call),
    });
  },
};

interface Order {
  path: string;
  format: string;
  body: Record<string, unknown>;
  /** `cost`: the credits that were taken, where the answer says so. */
  usage(cost: number | null): Units;
}

async function soundOf({ route, send }: Context, call: Call, order: Order): Promise<Done> {
  const query = order.format === '' ? '' : `?output_format=${encodeURIComponent(order.format)}`;
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}${order.path}${query}`,
    headers: { 'xi-api-key': route.key, 'content-type': 'application/json' },
    body: JSON.stringify(order.body),
    kinds: ['prompt', 'params'],
    idleMs: IDLE_MS,
  });
  const bytes = await answer.bytes();
  if (answer.status !== 200) throw elevenlabsFault(answer.status, answer.headers, bytes);
  const cost = Number(answer.headers['character-cost'] ?? Number.NaN);
  return {
    state: 'done',
    artifacts: [{ bytes, mediaType: mediaTypeOf(order.format) }],
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
      return 'audio/basic';
    default:
      return 'audio/mpeg';
  }
}
