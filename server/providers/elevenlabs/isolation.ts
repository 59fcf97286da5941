import { unitsOf } from '../answers.ts';
import { filesInOrFree, secondsOf } from '../input-files.ts';
import { multipart } from '../multipart.ts';
import { type Call, type InputFile, ProviderFault, type ReplyAdapter } from '../provider.ts';
import { elevenlabsFault } from './faults.ts';

export const ISOLATION = 'audio-isolation';

const recordingOf = (call: Call): InputFile | undefined => filesInOrFree(call, 'audio', 'audio')[0];

/** The voice of a recording without what is around it, charged by the length of the recording. */
export const elevenIsolation: ReplyAdapter = {
  kind: 'reply',
  bound: (call) => unitsOf({ input_second: secondsOf(recordingOf(call)) }),
  async run(call, { route, send }) {
    const recording = recordingOf(call);
    if (recording === undefined) throw new ProviderFault('bad_input', 'no recording', { accepted: 'no' });
    const { body, contentType } = multipart([{ name: 'audio', value: recording }]);
    const answer = await send({
      method: 'POST',
      url: `${route.baseUrl}/v1/audio-isolation`,
      headers: { 'xi-api-key': route.key, 'content-type': contentType },
      body,
      kinds: ['files'],
      idleMs: 10 * 60_000,
    });
    const bytes = await answer.bytes();
    if (answer.status !== 200) throw elevenlabsFault(answer.status, answer.headers, bytes);
    const seconds = recording.durationSeconds;
    return {
      state: 'done',
      artifacts: [{ bytes, mediaType: 'audio/mpeg' }],
      // It tells no number of its own: the length of what was sent is what is charged.
      usage: seconds === undefined ? null : unitsOf({ input_second: seconds }),
      upstreamId: answer.headers['request-id'] ?? call.generationId,
    };
  },
};
