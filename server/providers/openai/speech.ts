import { jsonOrNull, readAs, unitsOf, wholeOf } from '../answers.ts';
import { chatFault, chatStreamFault } from '../chat-completions/faults.ts';
import { numberOf, textOf } from '../input-files.ts';
import {
  type Call,
  type Context,
  type Done,
  type Inbound,
  ProviderFault,
  type ReplyAdapter,
  type Units,
} from '../provider.ts';
import { readEvents } from '../sse.ts';
import { SpeechEvent } from './wire.ts';

const mediaTypes: Record<string, string> = {
  mp3: 'audio/mpeg',
  opus: 'audio/ogg',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  // Raw samples: 24,000 a second, 16 bits, one channel.
  pcm: 'audio/L16;rate=24000;channels=1',
};
/** Output tokens of a character: 1.4 is usual, and slow speech takes longer. */
const TOKENS_PER_CHARACTER = 4;
const SHORTEST_BOUND = 600;

export const openaiSpeech: ReplyAdapter = { kind: 'reply', bound: boundOf, run };

/** `tts-1` and its like are billed by the character, the others by the token. */
const byCharacter = (model: string): boolean => model.startsWith('tts-1');
const charactersOf = (call: Call): number => [...textOf(call.params.prompt)].length;

function boundOf(call: Call): Units {
  if (byCharacter(call.upstreamModel)) return unitsOf({ character: charactersOf(call) });
  const { prompt, instructions, speed } = call.params;
  const slowness = 1 / Math.min(1, numberOf(speed, 1));
  return unitsOf({
    input_token: Buffer.byteLength(textOf(prompt)) + Buffer.byteLength(textOf(instructions)) + 100,
    output_audio_token: SHORTEST_BOUND + charactersOf(call) * TOKENS_PER_CHARACTER * slowness,
  });
}

async function run(call: Call, { route, send, onPartial }: Context): Promise<Done> {
  const { prompt, ...params } = call.params;
  const counted = !byCharacter(call.upstreamModel);
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/audio/speech`,
    headers: { authorization: `Bearer ${route.key}`, 'content-type': 'application/json' },
    // Only the event stream tells the tokens; the early models do not have it and are billed by the character.
    body: JSON.stringify({
      ...params,
      input: prompt,
      model: call.upstreamModel,
      ...(counted ? { stream_format: 'sse' } : {}),
    }),
    kinds: ['prompt', 'params'],
    idleMs: 120_000,
  });
  if (answer.status !== 200) throw chatFault(answer.status, answer.headers, await answer.bytes());
  const mediaType = mediaTypes[textOf(params.response_format)] ?? 'audio/mpeg';
  const hear = (sound: Buffer) => onPartial?.({ sound, mediaType });
  if (counted) {
    const { bytes, usage } = await readSpeech(answer, hear);
    return { state: 'done', artifacts: [{ bytes, mediaType }], usage };
  }
  const bytes = await wholeOf(answer.chunks(), hear);
  return {
    state: 'done',
    artifacts: [{ bytes, mediaType }],
    usage: unitsOf({ character: charactersOf(call) }),
  };
}

async function readSpeech(
  answer: Inbound,
  hear: (sound: Buffer) => void,
): Promise<{ bytes: Buffer; usage: Units | null }> {
  const pieces: Buffer[] = [];
  for await (const { data } of readEvents(answer.chunks())) {
    const event = readAs(jsonOrNull(data), SpeechEvent);
    if (event.error != null) throw chatStreamFault(event.error);
    if (event.type === 'speech.audio.delta') {
      const sound = Buffer.from(event.audio ?? '', 'base64');
      pieces.push(sound);
      hear(sound);
    }
    if (event.type === 'speech.audio.done') {
      const { usage } = event;
      return {
        bytes: Buffer.concat(pieces),
        usage:
          usage == null
            ? null
            : unitsOf({ input_token: usage.input_tokens, output_audio_token: usage.output_tokens }),
      };
    }
  }
  throw new ProviderFault('unknown', 'the speech stopped without its end', { accepted: 'yes' });
}
