import { unitsOf } from '../answers.ts';
import { textOf } from '../input-files.ts';
import type { Call, ReplyAdapter } from '../provider.ts';
import { wavOf } from '../wav.ts';
import { generate } from './content.ts';

/** 1.7 tokens a character is usual; one answer has at most 16,384. */
const TOKENS_PER_CHARACTER = 4;
const SHORTEST_BOUND = 600;
const MOST_TOKENS = 16_384;

export const geminiSpeech: ReplyAdapter = {
  kind: 'reply',
  bound(call) {
    const { prompt, style } = call.params;
    return unitsOf({
      input_token: Buffer.byteLength(textOf(prompt)) + Buffer.byteLength(textOf(style)) + 100,
      output_audio_token: Math.min(
        MOST_TOKENS,
        SHORTEST_BOUND + [...textOf(prompt)].length * TOKENS_PER_CHARACTER,
      ),
    });
  },
  run: (call, context) =>
    generate(call, context, bodyOf(call), (samples, mediaType) => ({
      bytes: wavOf(samples, Number(/rate=(\d+)/.exec(mediaType)?.[1] ?? 24_000)),
      mediaType: 'audio/wav',
    })),
};

/** The 3.8 models read the text as it stands; how it is said goes beside it. */
function bodyOf(call: Call): Record<string, unknown> {
  const { prompt, voice, style, language_code: languageCode } = call.params;
  return {
    contents: [
      {
        role: 'user',
        parts: [{ text: prompt, ...(textOf(style) === '' ? {} : { speechMetadata: { style } }) }],
      },
    ],
    generationConfig: {
      responseModalities: ['AUDIO'],
      speechConfig: {
        ...(languageCode === undefined ? {} : { languageCode }),
        voiceConfig: { prebuiltVoiceConfig: { voiceName: voice ?? 'Kore' } },
      },
    },
  };
}
