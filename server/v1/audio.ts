import type { FastifyInstance } from 'fastify';
import { takeUpload } from '#server/generations/files.ts';
import type { Parts } from '#server/generations/parts.ts';
import type { Runs } from '#server/generations/runs.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import { speechParams, type TranscriptionRequest, transcriptionRequest } from './audio-request.ts';
import { jsonOf, modelOf, routingIn } from './chat-request.ts';
import { fieldOf } from './fit.ts';
import { bytesOf, formOf, typed, withForms } from './form.ts';
import { answer, goneOf, sameness } from './images.ts';
import type { Callers } from './keys.ts';
import { type Made, makeMedia, outputsOf, unitsOf } from './media-call.ts';
import { ApiError, answerError } from './openai-errors.ts';
import { endSound, soundTo } from './sound-answer.ts';
import { answering, bodyOf } from './text-route.ts';
import { routingInHead } from './way.ts';

const MEDIA_TYPES: Record<TranscriptionRequest['format'], string> = {
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
  srt: 'application/x-subrip; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
};

/** `POST /v1/audio/speech` and `/v1/audio/transcriptions` in OpenAI's wire format, for every model that speaks or listens. */
export async function audioRoutes(
  app: FastifyInstance,
  parts: Parts,
  runs: Runs,
  callers: Callers,
  mostBytes: number,
): Promise<void> {
  await withRawBody(app, (scope) => {
    answering(scope, parts, 'POST', '/v1/audio/speech', answerError, async (request, response, id) => {
      const caller = await callers.callerOf(request.raw);
      const body = bodyOf(request);
      const asked = jsonOf(body);
      const model = modelOf(parts, asked.model, 'speech');
      const params = speechParams(model, asked);
      const routing = routingIn(asked.mluen) ?? routingInHead(request.raw);
      const ask = { id, caller, model, params, fileIds: [], routing, onSound: soundTo(response) };
      const making = makeMedia(parts, runs, ask, sameness(request, body), goneOf(response));
      const made = await endSound(parts, response, id, making);
      if (made === null) return;
      const [sound] = await outputsOf(parts, caller.memberId, made.generation);
      answer(response, made, sound?.mediaType ?? 'application/octet-stream', sound?.bytes ?? Buffer.alloc(0));
    });
  });
  await withForms(app, mostBytes, (scope) => {
    answering(
      scope,
      parts,
      'POST',
      '/v1/audio/transcriptions',
      answerError,
      async (request, response, id) => {
        const caller = await callers.callerOf(request.raw);
        const form = await formOf(request);
        const model = modelOf(parts, form.fields.model, 'transcription');
        const asked = typed(form.fields, (name) => fieldOf(model, name)?.type);
        const { params, format } = transcriptionRequest(model, asked);
        const recording = form.files.find(({ field }) => field === 'file');
        if (recording === undefined)
          throw new ApiError(
            400,
            'invalid_request_error',
            'missing_required_parameter',
            'file: Send a recording.',
            {
              param: 'file',
            },
          );
        const file = await takeUpload(parts, caller.memberId, recording.name, recording.bytes);
        const routing = routingInHead(request.raw);
        const ask = {
          id,
          caller,
          model,
          params: { ...params, audio: `file:${file.id}` },
          fileIds: [file.id],
          routing,
        };
        const made = await makeMedia(parts, runs, ask, sameness(request, bytesOf(form)), goneOf(response));
        answer(response, made, MEDIA_TYPES[format], Buffer.from(transcript(made, format)));
      },
      mostBytes + 1024 * 1024,
    );
  });
}

function transcript({ generation }: Made, format: TranscriptionRequest['format']): string {
  const text = generation.text ?? '';
  if (format !== 'json') return text;
  return JSON.stringify({ text, usage: usageOf(generation) });
}

function usageOf(generation: Made['generation']) {
  const units = unitsOf(generation);
  const seconds = units.input_second ?? units.second;
  if (seconds !== undefined) return { type: 'duration', seconds };
  if (units.output_token === undefined) return undefined;
  const [audio, words] = [units.input_audio_token ?? 0, units.input_token ?? 0];
  return {
    type: 'tokens',
    input_tokens: audio + words,
    input_token_details: { audio_tokens: audio, text_tokens: words },
    output_tokens: units.output_token,
    total_tokens: audio + words + units.output_token,
  };
}
