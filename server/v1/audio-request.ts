import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import { fieldOf } from './fit.ts';
import { ApiError } from './openai-errors.ts';

/** OpenAI's fields of `/v1/audio/speech` in the words of whichever model speaks; its own may stand beside them. Throws `ApiError` 400. */
export function speechParams(model: CatalogueModel, asked: Record<string, unknown>): Record<string, unknown> {
  const {
    model: _,
    input,
    voice,
    instructions,
    response_format,
    speed,
    stream_format,
    mluen: __,
    ...own
  } = asked;
  if (typeof input !== 'string' || input === '') throw bad('input', 'Send the words to speak.');
  if (stream_format != null && stream_format !== 'audio')
    throw bad('stream_format', 'Speech is answered as the sound itself: `audio`.');
  return {
    ...Object.fromEntries(Object.entries(own).filter(([, value]) => value != null)),
    prompt: input,
    ...voiceOf(model, voice),
    ...toneOf(model, instructions),
    ...soundOf(model, response_format),
    ...(speed == null || (speed === 1 && fieldOf(model, 'speed') === undefined) ? {} : { speed }),
  };
}

function voiceOf(model: CatalogueModel, voice: unknown): Record<string, unknown> {
  if (voice == null) return {};
  const name = typeof voice === 'object' ? (voice as { id?: unknown }).id : voice;
  if (fieldOf(model, 'voice') !== undefined) return { voice: name };
  throw bad('voice', `${model.name} takes its voices as \`voices\`.`);
}

/** How it is to be spoken has two names. */
function toneOf(model: CatalogueModel, instructions: unknown): Record<string, unknown> {
  if (instructions == null || instructions === '') return {};
  if (fieldOf(model, 'instructions') !== undefined) return { instructions };
  if (fieldOf(model, 'style')?.type === 'string') return { style: instructions };
  throw bad('instructions', `${model.name} takes no instructions: leave them out.`);
}

/** A plain name such as `mp3` stands for the first that the model has of its kind, such as `mp3_44100_128`. */
function soundOf(model: CatalogueModel, format: unknown): Record<string, unknown> {
  if (format == null) return {};
  if (fieldOf(model, 'response_format') !== undefined) return { response_format: format };
  const offered = fieldOf(model, 'output_format')?.enum as string[] | undefined;
  // What it makes without a choice, it makes as a file that any player opens.
  if (offered === undefined && format === 'wav') return {};
  const found = offered?.find((each) => each === format || each.startsWith(`${format}_`));
  if (found !== undefined) return { output_format: found };
  throw bad(
    'response_format',
    offered === undefined
      ? `${model.name} makes one kind of sound: leave it out.`
      : `${model.name} makes ${offered.join(', ')}.`,
  );
}

/** How a transcript is answered, and what the model is told. */
export interface TranscriptionRequest {
  params: Record<string, unknown>;
  format: 'json' | 'text' | 'srt' | 'vtt';
}

/** The same for `/v1/audio/transcriptions`. */
export function transcriptionRequest(
  model: CatalogueModel,
  asked: Record<string, unknown>,
): TranscriptionRequest {
  const { model: _, language, response_format, stream, temperature, mluen: __, ...own } = asked;
  if (stream === true || stream === 'true')
    throw bad('stream', 'Transcripts are answered whole: leave it out.');
  const format = response_format ?? 'json';
  const captions = (fieldOf(model, 'response_format')?.enum ?? []) as string[];
  const isCaptions = format === 'srt' || format === 'vtt';
  if (format !== 'json' && format !== 'text' && !(isCaptions && captions.includes(format)))
    throw bad(
      'response_format',
      `${model.name} answers ${['json', 'text', ...captions.filter((each) => each !== 'json')].join(', ')}.`,
    );
  const languageField = fieldOf(model, 'language') === undefined ? 'language_code' : 'language';
  if (language != null && fieldOf(model, languageField) === undefined)
    throw bad('language', `${model.name} finds the language itself: leave it out.`);
  const usualHeat = (temperature === 0 || temperature === '0') && fieldOf(model, 'temperature') === undefined;
  return {
    format: format as TranscriptionRequest['format'],
    params: {
      ...own,
      ...(language == null ? {} : { [languageField]: language }),
      ...(isCaptions ? { response_format: format } : {}),
      ...(temperature == null || usualHeat ? {} : { temperature }),
    },
  };
}

function bad(param: string, message: string): ApiError {
  return new ApiError(400, 'invalid_request_error', 'unsupported_value', `${param}: ${message}`, { param });
}
