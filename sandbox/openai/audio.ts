import { objectIn } from '../kit/body.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import { melodyFor, mp3Of, pcmOf, secondsToSay, wavOf } from '../kit/sound.ts';
import { adtsOf, flacOf, oggOpusOf } from '../kit/sound-containers.ts';
import { sendStream } from '../kit/stream.ts';
import { countTokens } from '../kit/tokens.ts';
import { speechModels } from './models.ts';
import {
  badRequest,
  failureBody,
  notOneOf,
  type Refusal,
  refuse,
  standardHeaders,
  unknownModel,
  wrongType,
} from './refusals.ts';

const voices = 'alloy ash ballad coral echo fable onyx nova sage shimmer verse marin cedar'.split(' ');
const formats = ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] as const;
const RATE = 24_000;
const AUDIO_TOKENS_PER_SECOND = 20;
const CHUNK_BYTES = 16_384;
/** What a body may hold. */
export const speechFields: ReadonlySet<string> = new Set(
  'model input voice instructions response_format speed stream_format'.split(' '),
);
let answers = 0;

interface SpeechRequest {
  model: string;
  input: string;
  voice: unknown;
  response_format?: (typeof formats)[number];
  speed?: number;
  stream_format?: string;
}

/** `POST /v1/audio/speech`: a melody about as long as the text takes to say. */
export async function speak(exchange: Exchange, world: World): Promise<void> {
  let body: Record<string, unknown>;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, badRequest('We could not parse the JSON body of your request.', null));
    return;
  }
  const refusal = speechRefusal(body);
  if (refusal !== null) {
    refuse(exchange, refusal);
    return;
  }
  const request = body as unknown as SpeechRequest;
  const fault = world.faults.take({ path: exchange.path, model: request.model, prompt: request.input });
  if (await misbehavesAtOnce(exchange, fault, failureBody, true)) return;
  if (fault.fail || fault.refuse) {
    if (fault.fail) sendJson(exchange, 500, failureBody(500), standardHeaders());
    else
      refuse(
        exchange,
        badRequest('Your request was rejected by the safety system.', 'input', 'content_policy_violation'),
      );
    return;
  }
  answers += 1;
  const seconds = secondsToSay(request.input, request.speed);
  const isByCharacter = request.model.startsWith('tts-1');
  const tokens = { input: countTokens(request.input), output: Math.ceil(seconds * AUDIO_TOKENS_PER_SECOND) };
  const units: Record<string, number> = isByCharacter
    ? { character: [...request.input].length }
    : { input_token: tokens.input, output_audio_token: tokens.output };
  world.tally.add(
    { id: `speech_${answers}`, model: request.model, units, accepted: true, charged: true, mark: fault.mark },
    world.clock.now(),
  );
  if (fault.lost) {
    loseAnswer(exchange);
    return;
  }
  const { bytes, type } = encode(request.input, seconds, request.response_format ?? 'mp3');
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) chunks.push(bytes.subarray(at, at + CHUNK_BYTES));
  const options = { fault, paceMs: 2, headers: standardHeaders() };
  if (request.stream_format !== 'sse') {
    await sendStream(exchange, type, chunks, options);
    return;
  }
  const factor = fault.usageFactor ?? 1;
  const usage = {
    input_tokens: tokens.input * factor,
    output_tokens: tokens.output * factor,
    total_tokens: (tokens.input + tokens.output) * factor,
  };
  const events = [
    ...chunks.map((chunk) => ({ type: 'speech.audio.delta', audio: chunk.toString('base64') })),
    { type: 'speech.audio.done', usage },
  ];
  await sendStream(
    exchange,
    'text/event-stream; charset=utf-8',
    events.map((event) => `data: ${JSON.stringify(event)}\n\n`),
    options,
  );
}

function speechRefusal(body: Record<string, unknown>): Refusal | null {
  const { model, input, voice, speed } = body;
  if (typeof model !== 'string') return badRequest('you must provide a model parameter', null);
  if (!speechModels.includes(model)) return unknownModel(model);
  for (const name in body) {
    if (!speechFields.has(name))
      return badRequest(`Unknown parameter: '${name}'.`, name, 'unknown_parameter');
  }
  if (typeof input !== 'string') return wrongType('input', 'a string', input);
  if (input.length === 0 || input.length > 4096) {
    return badRequest(
      "Invalid 'input': expected a string of 1 to 4096 characters.",
      'input',
      'string_above_max_length',
    );
  }
  const isOwnVoice = typeof voice === 'object' && voice !== null && 'id' in voice;
  if (!isOwnVoice && !voices.includes(String(voice))) return notOneOf('voice', voices, voice);
  if (body.response_format !== undefined && !formats.includes(body.response_format as never)) {
    return notOneOf('response_format', formats, body.response_format);
  }
  if (speed !== undefined && (typeof speed !== 'number' || speed < 0.25 || speed > 4)) {
    return badRequest(
      `Invalid 'speed': expected a number between 0.25 and 4, but got ${speed} instead.`,
      'speed',
      'invalid_value',
    );
  }
  if (body.stream_format !== undefined && !['audio', 'sse'].includes(String(body.stream_format))) {
    return notOneOf('stream_format', ['audio', 'sse'], body.stream_format);
  }
  if (model.startsWith('tts-1') && (body.instructions || body.stream_format === 'sse')) {
    return badRequest(
      `Unsupported parameter with ${model}.`,
      body.instructions ? 'instructions' : 'stream_format',
      'unsupported_parameter',
    );
  }
  return null;
}

function encode(
  text: string,
  seconds: number,
  format: (typeof formats)[number],
): { bytes: Buffer; type: string } {
  const notes = melodyFor(text, seconds);
  switch (format) {
    case 'mp3':
      return { bytes: mp3Of(notes), type: 'audio/mpeg' };
    case 'wav':
      return { bytes: wavOf(pcmOf(notes, RATE), RATE), type: 'audio/wav' };
    case 'pcm':
      return { bytes: pcmOf(notes, RATE), type: 'audio/pcm' };
    case 'flac':
      return { bytes: flacOf(pcmOf(notes, RATE), RATE), type: 'audio/flac' };
    case 'opus':
      return { bytes: oggOpusOf(seconds), type: 'audio/opus' };
    case 'aac':
      return { bytes: adtsOf(seconds), type: 'audio/aac' };
    default:
      return format satisfies never;
  }
}
