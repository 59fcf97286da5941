import { readAnswer, unitsOf } from '../answers.ts';
import { filesInOrFree, plainParams, secondsOf } from '../input-files.ts';
import { multipart, type Part } from '../multipart.ts';
import {
  type Call,
  type Context,
  type Done,
  type InputFile,
  ProviderFault,
  type ReplyAdapter,
} from '../provider.ts';
import { elevenlabsFault } from './faults.ts';
import { Transcript } from './wire.ts';

export const elevenTranscription: ReplyAdapter = {
  kind: 'reply',
  bound: (call) => unitsOf({ input_second: secondsOf(recordingOf(call)) }),
  run,
};

function recordingOf(call: Call): InputFile | undefined {
  return filesInOrFree(call, 'audio', 'audio')[0] ?? filesInOrFree(call, 'audio', 'video')[0];
}

async function run(call: Call, { route, send }: Context): Promise<Done> {
  const recording = recordingOf(call);
  if (recording === undefined) throw new ProviderFault('bad_input', 'no recording', { accepted: 'no' });
  const { response_format: form, keyterms, ...rest } = plainParams(call);
  const fields = {
    ...rest,
    ...(form === 'srt' ? { additional_formats: '[{"format":"srt"}]' } : {}),
    model_id: call.upstreamModel,
  };
  const parts: Part[] = [
    ...Object.entries(fields).map(([name, value]) => ({ name, value: String(value) })),
    ...(Array.isArray(keyterms) ? keyterms : []).map((term) => ({ name: 'keyterms', value: String(term) })),
  ];
  const { body, contentType } = multipart([...parts, { name: 'file', value: recording }]);
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/v1/speech-to-text`,
    headers: { 'xi-api-key': route.key, 'content-type': contentType },
    body,
    kinds: ['params', 'files'],
    idleMs: 10 * 60_000,
  });
  const transcript = await readAnswer(answer, Transcript, elevenlabsFault);
  const seconds = transcript.audio_duration_secs ?? recording.durationSeconds;
  return {
    state: 'done',
    artifacts: [],
    text: textIn(transcript, call),
    usage: seconds === undefined ? null : unitsOf({ input_second: seconds }),
    upstreamId: transcript.transcription_id ?? undefined,
  };
}

function textIn(transcript: Transcript, { params }: Call): string {
  const captions = transcript.additional_formats?.find((each) => each?.requested_format === 'srt');
  if (captions != null) return captions.content;
  return params.diarize === true ? bySpeaker(transcript) : transcript.text;
}

/** A paragraph for each turn of a speaker. */
function bySpeaker({ words, text }: Transcript): string {
  if (words == null || words.length === 0) return text;
  const turns: { speaker: string; text: string }[] = [];
  for (const word of words) {
    const last = turns.at(-1);
    const speaker = word.speaker_id ?? last?.speaker ?? 'speaker_0';
    if (last?.speaker === speaker) last.text += word.text;
    else turns.push({ speaker, text: word.text });
  }
  return turns.map((turn) => `${turn.speaker}: ${turn.text.trim()}`).join('\n\n');
}
