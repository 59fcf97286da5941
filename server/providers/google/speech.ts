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

/** The 3.8 models read the text as it stands; who says it, and how, goes beside it. */
function bodyOf(call: Call): Record<string, unknown> {
  const { prompt, voice, second_voice: second, style, language_code: languageCode } = call.params;
  const manner = textOf(style) === '' ? {} : { style };
  const first = voiceConfig(voice ?? 'Kore');
  const voices =
    second === undefined
      ? { voiceConfig: first }
      : {
          multiSpeakerVoiceConfig: {
            speakerVoiceConfigs: [
              { speaker: 'A', voiceConfig: first },
              { speaker: 'B', voiceConfig: voiceConfig(second) },
            ],
          },
        };
  const parts =
    second === undefined
      ? [{ text: prompt, ...(textOf(style) === '' ? {} : { speechMetadata: manner }) }]
      : linesOf(textOf(prompt)).map(({ speaker, text }) => ({
          text,
          speechMetadata: { ...manner, speaker },
        }));
  return {
    contents: [{ role: 'user', parts }],
    generationConfig: {
      responseModalities: ['AUDIO'],
      speechConfig: { ...(languageCode === undefined ? {} : { languageCode }), ...voices },
    },
  };
}

const voiceConfig = (voiceName: unknown) => ({ prebuiltVoiceConfig: { voiceName } });

/** Lines of a dialogue: one without a letter before it goes on with whoever spoke last, at first with A. */
function linesOf(text: string): { speaker: string; text: string }[] {
  const lines: { speaker: string; text: string }[] = [];
  for (const line of text.split('\n')) {
    const [, named, said = line] = /^\s*([AB])\s*:\s*(.*)$/.exec(line) ?? [];
    const last = lines.at(-1);
    if (said.trim() === '') continue;
    if (last !== undefined && (named === undefined || named === last.speaker)) last.text += `\n${said}`;
    else lines.push({ speaker: named ?? 'A', text: said });
  }
  return lines;
}
