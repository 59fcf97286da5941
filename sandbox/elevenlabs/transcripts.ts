import { createHmac, randomBytes } from 'node:crypto';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import { formOf } from '../kit/form.ts';
import { answerTo } from '../kit/prose.ts';
import { secondsOf } from '../kit/sound.ts';
import { type Task, Tasks } from '../kit/tasks.ts';
import { deliver } from '../kit/webhook.ts';
import { transcriptFields } from './fields.ts';
import { failureBody, invalid, refuse, refused } from './refusals.ts';

interface Transcription {
  seconds: number;
  text: string;
  isAsync: boolean;
  metadata: unknown;
  diarize: boolean;
  /** Further forms of the text, such as captions. */
  formats: string[];
}

/** The workspace's webhook, which transcripts are sent to. */
export interface Workspace {
  webhook: { url: string; secret: string } | null;
}

export type Transcripts = Tasks<Transcription>;

/** `ElevenLabs-Signature` of a body. `at` is in ms. */
export function signatureOf(secret: string, at: number, body: string): string {
  const t = Math.floor(at / 1000);
  return `t=${t},v0=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

export function newTranscripts(world: World, workspace: Workspace): Transcripts {
  return new Tasks<Transcription>(world, (task) => {
    const { request, fault } = task;
    const units = { input_second: Math.ceil(request.seconds) * (fault.usageFactor ?? 1) };
    world.tally.add(
      { id: task.id, model: task.model, units, accepted: true, charged: !fault.fail },
      world.clock.now(),
    );
    const { webhook } = workspace;
    if (!request.isAsync || webhook === null || fault.fail) return;
    const body = JSON.stringify({
      type: 'speech_to_text_transcription',
      event_timestamp: Math.floor(world.clock.now() / 1000),
      data: {
        request_id: `req_${task.id}`,
        transcription: transcriptOf(task),
        webhook_metadata: request.metadata,
      },
    });
    const sign = (at: number, raw: string) => ({
      'ElevenLabs-Signature': signatureOf(webhook.secret, at, raw),
    });
    void deliver({ url: webhook.url, body, sign, retryAfterMs: [] }, () => world.clock.now(), fault.webhook);
  });
}

/** `POST /v1/speech-to-text`: at once, or later to the workspace's webhook. */
export async function transcribe(exchange: Exchange, world: World, transcripts: Transcripts): Promise<void> {
  const form = await formOf(exchange);
  const fields = form?.fields ?? {};
  const file = form?.files.find(({ field }) => field === 'file');
  const faults = [
    ...Object.keys(fields)
      .filter((name) => !transcriptFields.includes(name))
      .map((name) => invalid(name, 'Extra inputs are not permitted', 'extra_forbidden')),
    ...(fields.model_id === undefined ? [invalid('model_id', 'Field required', 'missing')] : []),
  ];
  if (faults.length > 0) {
    sendJson(exchange, 422, { detail: faults });
    return;
  }
  const model = String(fields.model_id);
  const source = fields.source_url ?? fields.cloud_storage_url;
  if (!['scribe_v1', 'scribe_v2'].includes(model)) {
    refuse(exchange, refused(400, 'invalid_model', `'${model}' is not a valid model_id.`));
    return;
  }
  if ((file === undefined) === (source === undefined)) {
    refuse(
      exchange,
      refused(400, 'invalid_parameters', 'Must provide either file or source_url, but not both.'),
    );
    return;
  }
  const formats = formatsIn(fields.additional_formats);
  const threshold = Number(fields.diarization_threshold ?? 0.2);
  if (formats === null || threshold < 0.1 || threshold > 0.4) {
    refuse(exchange, refused(400, 'invalid_parameters', 'A parameter is out of range.'));
    return;
  }
  if (fields.diarization_threshold !== undefined && (fields.diarize !== 'true' || fields.num_speakers)) {
    refuse(
      exchange,
      refused(400, 'invalid_parameters', 'diarization_threshold needs diarize and no num_speakers.'),
    );
    return;
  }
  const name = file?.name ?? String(source);
  const fault = world.faults.take({ path: exchange.path, model, prompt: name });
  if (await misbehavesAtOnce(exchange, fault, failureBody)) return;
  if (fault.fail || fault.refuse) {
    refuse(exchange, refused(400, 'invalid_audio', 'The audio could not be read.'));
    return;
  }
  const seconds = file === undefined ? 10 : Math.round(secondsOf(file.bytes) * 100) / 100;
  const request: Transcription = {
    seconds,
    text: answerTo(
      `${name} of ${file?.bytes.length ?? 0} bytes`,
      Math.max(4, Math.min(60, Math.round(seconds * 2))),
    ),
    isAsync: fields.webhook === 'true',
    metadata: fields.webhook_metadata === undefined ? null : JSON.parse(fields.webhook_metadata),
    diarize: fields.diarize === 'true',
    formats: formats as string[],
  };
  const task = transcripts.start(
    { id: `tr_${randomBytes(10).toString('hex')}`, model, request, fault },
    request.isAsync ? 2 : 0,
  );
  if (fault.lost) loseAnswer(exchange);
  else if (request.isAsync) {
    sendJson(exchange, 202, {
      message: 'Request processed successfully, webhook will be sent.',
      request_id: `req_${task.id}`,
      transcription_id: task.id,
    });
  } else sendJson(exchange, 200, transcriptOf(task));
}

const exports = ['srt', 'txt', 'docx', 'pdf', 'html', 'segmented_json'];

/** Null: not a list of forms that can be had. */
function formatsIn(given: string | undefined): string[] | null {
  if (given === undefined) return [];
  try {
    const formats = (JSON.parse(given) as { format: string }[]).map(({ format }) => format);
    return formats.every((format) => exports.includes(format)) ? formats : null;
  } catch {
    return null;
  }
}

/** A form of the text. Captions have one line for all of it. */
function exported(format: string, text: string, seconds: number) {
  const end = new Date(seconds * 1000).toISOString().slice(11, 23).replace('.', ',');
  const content = format === 'srt' ? `1\n00:00:00,000 --> ${end}\n${text}\n` : text;
  return {
    requested_format: format,
    file_extension: format === 'segmented_json' ? 'json' : format,
    content_type: 'text/plain',
    is_base64_encoded: false,
    content,
  };
}

function transcriptOf({ id, request, fault }: Task<Transcription>): unknown {
  const { text, seconds, diarize } = request;
  const words = text.split(/\s+/);
  const each = seconds / words.length;
  const round = (value: number) => Math.round(value * 100) / 100;
  const shown = words.flatMap((word, at) => {
    const speaker = diarize ? { speaker_id: `speaker_${Math.floor(at / 8) % 2}` } : {};
    const spoken = {
      text: word,
      start: round(at * each),
      end: round((at + 0.8) * each),
      type: 'word',
      logprob: -0.02,
      ...speaker,
    };
    const space = {
      text: ' ',
      start: round((at + 0.8) * each),
      end: round((at + 1) * each),
      type: 'spacing',
      logprob: 0,
      ...speaker,
    };
    return at === words.length - 1 ? [spoken] : [spoken, space];
  });
  return {
    language_code: 'eng',
    language_probability: 0.98,
    text,
    words: shown,
    transcription_id: id,
    audio_duration_secs: seconds * (fault.usageFactor ?? 1),
    ...(request.formats.length > 0 && {
      additional_formats: request.formats.map((format) => exported(format, text, seconds)),
    }),
  };
}

/** `GET`, `DELETE /v1/speech-to-text/transcripts/{id}`: not found until it is ready. */
export function serveTranscript(
  exchange: Exchange,
  transcripts: Transcripts,
  deleted: Set<string>,
  id: string,
): void {
  const task = transcripts.find(id);
  if (task === undefined || transcripts.isActive(task) || deleted.has(id)) {
    refuse(exchange, refused(404, 'transcript_not_found', `Transcript ${id} was not found.`));
    return;
  }
  if (exchange.method === 'DELETE') {
    deleted.add(id);
    sendJson(exchange, 200, {});
  } else sendJson(exchange, 200, transcriptOf(task));
}
