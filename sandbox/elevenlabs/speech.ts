import { objectIn } from '../kit/body.ts';
import {
  type Exchange,
  loseAnswer,
  misbehavesAtOnce,
  sendBytes,
  sendJson,
  type World,
} from '../kit/exchange.ts';
import { secondsToSay } from '../kit/sound.ts';
import { sendStream } from '../kit/stream.ts';
import { speechModels, voices } from './catalogue.ts';
import { dialogueFields, speechFields, voiceSettings } from './fields.ts';
import { encode, formatOf } from './format.ts';
import { failureBody, type Invalid, invalid, type Refused, refuse, refused } from './refusals.ts';

const CONCURRENCY = 15;
const CHUNK_BYTES = 4096;
let active = 0;
let answers = 0;

interface SpeechCall {
  text: string;
  modelId: string;
  isStream: boolean;
  wantsTimestamps: boolean;
  /** Of a dialogue. */
  lines: Line[] | null;
}

interface Line {
  text: string;
  voice_id: string;
}

/** `POST /v1/text-to-speech/{voice}` and `POST /v1/text-to-dialogue`, in their four forms each. */
export async function speak(exchange: Exchange, world: World, voiceId: string | null): Promise<void> {
  const { path } = exchange;
  const body = jsonOf(exchange);
  if (body === null) return;
  const isStream = path.includes('/stream');
  const faults = voiceId === null ? dialogueFaults(body) : speechFaults(body);
  if (faults.length > 0) {
    sendJson(exchange, 422, { detail: faults });
    return;
  }
  const lines = voiceId === null ? (body.inputs as Line[]) : null;
  const call: SpeechCall = {
    text: lines === null ? String(body.text) : lines.map(({ text }) => text).join(' '),
    lines,
    modelId: String(body.model_id ?? (voiceId === null ? 'eleven_v3' : 'eleven_multilingual_v2')),
    isStream,
    wantsTimestamps: path.endsWith('/with-timestamps'),
  };
  const format = formatOf(exchange.query, isStream);
  const speakers = lines === null ? [String(voiceId)] : lines.map(({ voice_id }) => voice_id);
  const refusal = callRefusal(call, speakers, body, format);
  if (refusal !== null) {
    refuse(exchange, refusal);
    return;
  }
  const fault = world.faults.take({ path, model: call.modelId, prompt: call.text });
  if (await misbehavesAtOnce(exchange, fault, failureBody, isStream)) return;
  if (fault.refuse || fault.fail) {
    refuse(
      exchange,
      fault.refuse
        ? refused(403, 'content_against_policy', 'This text violates our policies.')
        : refused(500, 'internal_server_error', 'Something went wrong.'),
    );
    return;
  }
  active += 1;
  try {
    await answer(exchange, world, call, format as string, fault);
  } finally {
    active -= 1;
  }
}

async function answer(
  exchange: Exchange,
  world: World,
  call: SpeechCall,
  format: string,
  fault: Awaited<ReturnType<World['faults']['take']>>,
): Promise<void> {
  answers += 1;
  const characters = [...call.text].length;
  // Cost is taken when the request is accepted: hanging up does not make it cheaper.
  const credits =
    Math.ceil(characters * (speechModels[call.modelId]?.multiplier ?? 1)) * (fault.usageFactor ?? 1);
  const id = `req${Date.now().toString(36)}${answers}`;
  world.tally.add(
    {
      id,
      model: call.modelId,
      units: { credit: credits, character: characters },
      accepted: true,
      charged: true,
      mark: fault.mark,
    },
    world.clock.now(),
  );
  if (fault.lost) {
    loseAnswer(exchange);
    return;
  }
  const seconds = secondsToSay(call.text);
  const { bytes, type } = encode(call.text, seconds, format);
  const headers = {
    'character-cost': String(credits),
    'request-id': id,
    'history-item-id': `hist${id}`,
    'current-concurrent-requests': String(active),
    'maximum-concurrent-requests': String(CONCURRENCY),
    'tts-latency-ms': '75',
    'x-trace-id': id,
    'x-region': 'sandbox',
  };
  if (!call.isStream && fault.cutAfterChunks === undefined) {
    if (call.wantsTimestamps)
      sendJson(
        exchange,
        200,
        { audio_base64: bytes.toString('base64'), ...alignmentOf(call, seconds) },
        headers,
      );
    else sendBytes(exchange, type, bytes, headers);
    return;
  }
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) chunks.push(bytes.subarray(at, at + CHUNK_BYTES));
  const lines = chunks.map((chunk, at) => {
    const later = { alignment: null, normalized_alignment: null, ...(call.lines && { voice_segments: [] }) };
    const alignment = at === 0 ? alignmentOf(call, seconds) : later;
    return `${JSON.stringify({ audio_base64: chunk.toString('base64'), ...alignment })}\n`;
  });
  await sendStream(
    exchange,
    call.wantsTimestamps ? 'application/json' : type,
    call.wantsTimestamps ? lines : chunks,
    { fault, paceMs: 5, headers },
  );
}

export function jsonOf(exchange: Exchange): Record<string, unknown> | null {
  try {
    return objectIn(exchange.body);
  } catch {
    sendJson(exchange, 422, {
      detail: [{ loc: ['body', 0], msg: 'JSON decode error', type: 'json_invalid' }],
    });
    return null;
  }
}

function speechFaults(body: Record<string, unknown>): Invalid[] {
  const faults: Invalid[] = [];
  for (const name in body) {
    if (!speechFields.includes(name))
      faults.push(invalid(name, 'Extra inputs are not permitted', 'extra_forbidden'));
  }
  if (body.text === undefined) faults.push(invalid('text', 'Field required', 'missing'));
  else if (typeof body.text !== 'string')
    faults.push(invalid('text', 'Input should be a valid string', 'string_type'));
  const settings = (body.voice_settings ?? {}) as Record<string, unknown>;
  for (const name in settings) {
    if (!voiceSettings.includes(name))
      faults.push({
        loc: ['body', 'voice_settings', name],
        msg: 'Extra inputs are not permitted',
        type: 'extra_forbidden',
      });
  }
  const ranges: Record<string, [number, number]> = {
    stability: [0, 1],
    similarity_boost: [0, 1],
    style: [0, 1],
    speed: [0.7, 1.2],
  };
  for (const [name, [low, high]] of Object.entries(ranges)) {
    const value = settings[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number' || value < low || value > high) {
      faults.push({
        loc: ['body', 'voice_settings', name],
        msg: `Input should be between ${low} and ${high}`,
        type: 'value_error',
      });
    }
  }
  const { seed } = body;
  if (
    seed !== undefined &&
    seed !== null &&
    !(Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) <= 4_294_967_295)
  ) {
    faults.push(invalid('seed', 'Input should be between 0 and 4294967295', 'less_than_equal'));
  }
  return faults;
}

function dialogueFaults(body: Record<string, unknown>): Invalid[] {
  const strange = Object.keys(body).filter((name) => !dialogueFields.includes(name));
  if (strange.length > 0)
    return strange.map((name) => invalid(name, 'Extra inputs are not permitted', 'extra_forbidden'));
  const inputs = body.inputs;
  if (!Array.isArray(inputs) || inputs.length === 0) return [invalid('inputs', 'Field required', 'missing')];
  return inputs.flatMap((input, at) =>
    typeof input?.text === 'string' && typeof input?.voice_id === 'string'
      ? []
      : [{ loc: ['body', 'inputs', at, 'text'], msg: 'Field required', type: 'missing' }],
  );
}

function callRefusal(
  call: SpeechCall,
  speakers: string[],
  body: Record<string, unknown>,
  format: string | null,
): Refused | null {
  const model = speechModels[call.modelId];
  if (model === undefined)
    return refused(400, 'unsupported_model', `A model with model ID ${call.modelId} does not exist.`);
  const stranger = speakers.find((id) => voices[id] === undefined);
  if (stranger !== undefined)
    return refused(404, 'voice_not_found', `A voice for the voice_id ${stranger} was not found.`);
  if (call.text.trim() === '') return refused(400, 'input_text_empty', 'Input text cannot be empty.');
  if ([...call.text].length > model.maxCharacters) {
    return refused(
      400,
      'max_character_limit_exceeded',
      `This request's text has more than the ${model.maxCharacters} characters that the model takes.`,
    );
  }
  if (format === null)
    return refused(400, 'output_format_not_allowed', 'The output format is not allowed here.');
  if (call.modelId === 'eleven_v3' && (body.previous_text || body.next_text)) {
    return refused(
      400,
      'unsupported_model',
      'Providing previous_text or next_text is not yet supported with the eleven_v3 model.',
    );
  }
  return active < CONCURRENCY
    ? null
    : refused(
        429,
        'too_many_concurrent_requests',
        `Too many concurrent requests. Your current plan allows ${CONCURRENCY}.`,
      );
}

function alignmentOf({ text, lines }: SpeechCall, seconds: number) {
  const characters = [...text];
  const each = seconds / characters.length;
  const round = (value: number) => Math.round(value * 1000) / 1000;
  const alignment = {
    characters,
    character_start_times_seconds: characters.map((_, at) => round(at * each)),
    character_end_times_seconds: characters.map((_, at) => round((at + 1) * each)),
  };
  let next = 0;
  const segments = lines?.map((line, at) => {
    const start = next;
    const end = start + [...line.text].length;
    next = end + 1;
    return {
      voice_id: line.voice_id,
      start_time_seconds: round(start * each),
      end_time_seconds: round(end * each),
      character_start_index: start,
      character_end_index: end,
      dialogue_input_index: at,
    };
  });
  return { alignment, normalized_alignment: alignment, ...(segments && { voice_segments: segments }) };
}
