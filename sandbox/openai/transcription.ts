import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import type { Fault } from '../kit/faults.ts';
import { formOf } from '../kit/form.ts';
import { answerTo } from '../kit/prose.ts';
import { secondsOf } from '../kit/sound.ts';
import { sendStream } from '../kit/stream.ts';
import { countTokens, cutIntoPieces } from '../kit/tokens.ts';
import { transcriptionModels } from './models.ts';
import { badRequest, failureBody, type Refusal, refuse, standardHeaders, unknownModel } from './refusals.ts';

const MAX_BYTES = 25 * 1024 * 1024;
const TOKENS_PER_SECOND = 10;
let transcripts = 0;

/** What a form may hold beside the file; names of lists may end in `[]`. */
export const transcriptionFields: readonly string[] =
  `model language languages keywords prompt response_format temperature include timestamp_granularities stream
  chunking_strategy known_speaker_names known_speaker_references`.split(/\s+/);
const formats: Record<string, string[]> = {
  'whisper-1': ['json', 'text', 'srt', 'verbose_json', 'vtt'],
  'gpt-4o-transcribe-diarize': ['json', 'text', 'diarized_json'],
};

interface Transcript {
  text: string;
  seconds: number;
  usage: object;
}

/** `POST /v1/audio/transcriptions`: a text as long as the sound, the same for the same file. */
export async function transcribe(exchange: Exchange, world: World): Promise<void> {
  const form = await formOf(exchange);
  const fields = form?.fields ?? {};
  const file = form?.files.find(({ field }) => field === 'file');
  const model = fields.model ?? '';
  const refusal = refusalFor(file?.bytes, model) ?? fieldsRefusal(fields, model);
  if (refusal !== null || file === undefined) {
    refuse(exchange, refusal as Refusal);
    return;
  }
  const fault = world.faults.take({
    path: exchange.path,
    model,
    prompt: `${fields.prompt ?? ''} ${file.name}`,
  });
  if (await misbehavesAtOnce(exchange, fault, failureBody)) return;
  if (fault.fail || fault.refuse) {
    if (fault.fail) sendJson(exchange, 500, failureBody(500), standardHeaders());
    else
      refuse(exchange, badRequest('Audio file might be corrupted or unsupported', 'file', 'invalid_value'));
    return;
  }
  const seconds = secondsOf(file.bytes);
  const words = Math.max(4, Math.min(60, Math.round(seconds * 2)));
  const text = answerTo(`${file.name} of ${file.bytes.length} bytes`, words);
  const { usage, units } = used(model, seconds, text, fault);
  transcripts += 1;
  world.tally.add(
    { id: `transcript_${transcripts}`, model, units, accepted: true, charged: true, mark: fault.mark },
    world.clock.now(),
  );
  if (fault.lost) loseAnswer(exchange);
  else await send(exchange, fields, { text, seconds, usage }, fault);
}

function refusalFor(bytes: Buffer | undefined, model: string): Refusal | null {
  if (bytes === undefined)
    return badRequest("Missing required parameter: 'file'.", 'file', 'missing_required_parameter');
  if (!transcriptionModels.includes(model)) return unknownModel(model);
  if (bytes.length <= MAX_BYTES) return null;
  return { ...badRequest(`Maximum content size limit (${MAX_BYTES}) exceeded.`, 'file'), status: 413 };
}

function fieldsRefusal(fields: Record<string, string>, model: string): Refusal | null {
  for (const name in fields)
    if (!transcriptionFields.includes(name.replace(/\[\]$/, '')))
      return badRequest(`Unknown parameter: '${name}'.`, name, 'unknown_parameter');
  const { response_format: format = 'json', temperature, language } = fields;
  const allowed = formats[model] ?? ['json', 'text'];
  if (!allowed.includes(format))
    return badRequest(
      `response_format '${format}' is not compatible with model '${model}'. Use '${allowed.join("' or '")}' instead.`,
      'response_format',
      'unsupported_value',
    );
  if (temperature !== undefined && !(Number(temperature) >= 0 && Number(temperature) <= 1))
    return badRequest(
      "Invalid 'temperature': expected a number between 0 and 1.",
      'temperature',
      'invalid_value',
    );
  if (language !== undefined && !/^[a-z]{2,3}(-[A-Za-z]+)?$/.test(language))
    return badRequest(
      `Invalid language '${language}'. Language parameter must be specified in ISO-639-1 format.`,
      'language',
      'invalid_language_format',
    );
  const only = ['keywords[]', 'keywords', 'languages[]', 'languages'].find(
    (name) => fields[name] !== undefined,
  );
  return only !== undefined && model !== 'gpt-transcribe'
    ? badRequest(
        `Unsupported parameter: '${only}' is not supported with ${model}.`,
        only,
        'unsupported_parameter',
      )
    : null;
}

/** Some models are paid by the second, the others by tokens. */
function used(
  model: string,
  seconds: number,
  text: string,
  { usageFactor = 1 }: Readonly<Fault>,
): { usage: object; units: Record<string, number> } {
  if (model === 'whisper-1' || model === 'gpt-transcribe') {
    const whole = Math.ceil(seconds) * usageFactor;
    return { usage: { type: 'duration', seconds: whole }, units: { input_second: whole } };
  }
  const input = Math.ceil(seconds * TOKENS_PER_SECOND) * usageFactor;
  const output = countTokens(text) * usageFactor;
  const usage = {
    type: 'tokens',
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_token_details: { text_tokens: 0, audio_tokens: input },
  };
  return { usage, units: { input_audio_token: input, output_token: output } };
}

async function send(
  exchange: Exchange,
  fields: Record<string, string>,
  transcript: Transcript,
  fault: Readonly<Fault>,
): Promise<void> {
  const { text, seconds, usage } = transcript;
  const headers = standardHeaders();
  if (fields.stream === 'true' && fields.model !== 'whisper-1') {
    const { pieces } = cutIntoPieces(text, Number.POSITIVE_INFINITY, 3);
    const deltas = pieces.map((piece) => ({ type: 'transcript.text.delta', delta: piece.text }));
    const events = [...deltas, { type: 'transcript.text.done', text, usage }];
    const frames = events.map((event) => `data: ${JSON.stringify(event)}\n\n`);
    await sendStream(exchange, 'text/event-stream; charset=utf-8', frames, { fault, paceMs: 5, headers });
  } else if (fields.response_format === 'srt' || fields.response_format === 'vtt') {
    const isVtt = fields.response_format === 'vtt';
    const times = [0, seconds].map((at) => clock(at, isVtt ? '.' : ','));
    exchange.response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', ...headers });
    exchange.response.end(`${isVtt ? 'WEBVTT\n\n' : '1\n'}${times.join(' --> ')}\n${text}\n\n`);
  } else if (fields.response_format === 'text') {
    exchange.response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', ...headers });
    exchange.response.end(text);
  } else if (fields.response_format === 'verbose_json') {
    const about = {
      tokens: [],
      temperature: 0,
      avg_logprob: -0.2,
      compression_ratio: 1,
      no_speech_prob: 0.01,
    };
    const segments = [{ id: 0, seek: 0, start: 0, end: seconds, text, ...about }];
    sendJson(
      exchange,
      200,
      { task: 'transcribe', language: 'english', duration: seconds, text, segments, usage },
      headers,
    );
  } else sendJson(exchange, 200, { text, usage }, headers);
}

function clock(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${point}${String(ms % 1000).padStart(3, '0')}`;
}
