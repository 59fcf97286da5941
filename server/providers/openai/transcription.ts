import type { z } from 'zod';
import { jsonOrNull, readAnswer, readAs, unitsOf } from '../answers.ts';
import { captionsOf } from '../captions.ts';
import { chatFault, chatStreamFault } from '../chat-completions/faults.ts';
import { filesInOrFree, plainParams, secondsOf } from '../input-files.ts';
import { multipart, type Part } from '../multipart.ts';
import {
  type Call,
  type Context,
  type Done,
  type Inbound,
  type InputFile,
  ProviderFault,
  type ReplyAdapter,
  type Units,
} from '../provider.ts';
import { readEvents } from '../sse.ts';
import { Transcript, TranscriptEvent } from './wire.ts';

/** 10 tokens in a second were counted, and people who talk fast make five words. */
const INPUT_TOKENS_PER_SECOND = 20;
const OUTPUT_TOKENS_PER_SECOND = 15;

export const openaiTranscription: ReplyAdapter = {
  kind: 'reply',
  bound(call) {
    const seconds = secondsOf(recordingOf(call));
    // The gpt-4o transcribers are billed by the token, the others by the second.
    return call.upstreamModel.startsWith('gpt-4o')
      ? unitsOf({
          input_token: 1000,
          input_audio_token: seconds * INPUT_TOKENS_PER_SECOND,
          output_token: seconds * OUTPUT_TOKENS_PER_SECOND + 200,
        })
      : unitsOf({ input_second: seconds });
  },
  run,
};

function recordingOf(call: Call): InputFile | undefined {
  return filesInOrFree(call, 'audio', 'audio')[0] ?? filesInOrFree(call, 'audio', 'video')[0];
}

/** Words come as they are understood, where somebody looks on; the early model writes them only when it is done. */
const streams = (call: Call, { onPartial }: Context): boolean =>
  onPartial !== undefined && call.upstreamModel !== 'whisper-1';

async function run(call: Call, context: Context): Promise<Done> {
  const { route, send, onPartial } = context;
  const recording = recordingOf(call);
  if (recording === undefined) throw new ProviderFault('bad_input', 'no recording', { accepted: 'no' });
  const captions = call.params.response_format;
  const isCaptions = captions === 'srt' || captions === 'vtt';
  // Captions are written here: only JSON tells what was used.
  const fields = {
    ...plainParams(call),
    model: call.upstreamModel,
    response_format: isCaptions ? 'verbose_json' : 'json',
    ...(streams(call, context) && { stream: true }),
  };
  const parts: Part[] = Object.entries(fields).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.map((each) => ({ name: `${name}[]`, value: String(each) }))
      : [{ name, value: String(value) }],
  );
  const { body, contentType } = multipart([...parts, { name: 'file', value: recording }]);
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/audio/transcriptions`,
    headers: { authorization: `Bearer ${route.key}`, 'content-type': contentType },
    body,
    kinds: ['params', 'files'],
    idleMs: 10 * 60_000,
  });
  if (streams(call, context) && answer.status === 200) return readWords(answer, onPartial!);
  const { text, segments, usage } = await readAnswer(answer, Transcript, chatFault);
  const written = isCaptions && segments != null ? captionsOf(segments, captions) : text;
  return { state: 'done', artifacts: [], text: written, usage: usageOf(usage) };
}

async function readWords(answer: Inbound, onPartial: NonNullable<Context['onPartial']>): Promise<Done> {
  for await (const { data } of readEvents(answer.chunks())) {
    const event = readAs(jsonOrNull(data), TranscriptEvent);
    if (event.error != null) throw chatStreamFault(event.error);
    if (event.delta) onPartial({ text: event.delta });
    if (event.type === 'transcript.text.done')
      return { state: 'done', artifacts: [], text: event.text ?? '', usage: usageOf(event.usage) };
  }
  throw new ProviderFault('unknown', 'the transcript stopped without its end', { accepted: 'yes' });
}

function usageOf(usage: z.output<typeof Transcript>['usage']): Units | null {
  if (usage == null) return null;
  if (usage.type === 'duration') return unitsOf({ input_second: usage.seconds });
  const audio = usage.input_token_details?.audio_tokens ?? usage.input_tokens;
  return unitsOf({
    input_audio_token: audio,
    input_token: usage.input_tokens - audio,
    output_token: usage.output_tokens,
  });
}
