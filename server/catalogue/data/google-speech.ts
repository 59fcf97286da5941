import type { ShippedModel, Source } from '#server/catalogue/shipped.ts';
import { speechExamples } from './examples.ts';
import { mediaModel } from './media-model.ts';
import { perMillionTokens } from './price.ts';
import { choice, prompt, words } from './schema.ts';
import { NO_FILES } from './text.ts';

const PAGE: Source = {
  url: 'https://ai.google.dev/gemini-api/docs/pricing',
  basis: 'official',
  on: '2026-11-10',
};

const VOICES = [
  'Kore',
  'Puck',
  'Zephyr',
  'Charon',
  'Fenrir',
  'Leda',
  'Orus',
  'Aoede',
  'Callirrhoe',
  'Autonoe',
  'Enceladus',
  'Iapetus',
  'Umbriel',
  'Algieba',
  'Despina',
  'Erinome',
  'Algenib',
  'Rasalgethi',
  'Laomedeia',
  'Achernar',
  'Alnilam',
  'Schedar',
  'Gacrux',
  'Pulcherrima',
  'Achird',
  'Zubenelgenubi',
  'Vindemiatrix',
  'Sadachbia',
  'Sadaltager',
  'Sulafat',
];

function voice(id: string, name: string, summary: string, audio: [string, string]): ShippedModel {
  const turn = '2027-01-01';
  return mediaModel({
    id: `google/${id}`,
    kind: 'speech',
    name,
    summary,
    fields: {
      prompt: prompt(24_000, 'What the voice says. Sounds go into angle brackets, such as <laugh>.'),
      voice: choice('Voice', 'Who speaks.', VOICES, 'Kore', { group: 'style' }),
      second_voice: choice(
        'Second voice',
        'For a dialogue: lines that begin with “B:” are this voice’s, those with “A:” the first one’s.',
        VOICES,
        undefined,
        { group: 'style', advanced: true },
      ),
      style: words('Manner', 'How it is said: warm, hurried, in a whisper.', 500, { group: 'style' }),
      language_code: words(
        'Language',
        'The language as a code, such as en-US; without it, the text decides.',
        12,
        {
          group: 'style',
          advanced: true,
        },
      ),
    },
    accepts: NO_FILES,
    examples: speechExamples,
    prices: [
      ...perMillionTokens({ input: '0.50', audioOutput: audio[0] }, PAGE, { until: turn }),
      ...perMillionTokens({ input: '1.00', audioOutput: audio[1] }, PAGE, { from: turn }),
    ],
    // 25 tokens a second, and about 15 characters.
    usual: [{ unit: 'output_audio_token', quantity: 1667, of: 'thousand_characters' }],
    typical: {
      label: '1 minute of speech',
      units: { input_token: 250, output_audio_token: 1500 },
      params: {},
    },
  });
}

export const googleSpeech: ShippedModel[] = [
  voice(
    'gemini-3.8-flash-tts',
    'Gemini 3.8 Flash TTS',
    'Reads aloud in thirty voices; the manner is yours to describe.',
    ['9', '18'],
  ),
  voice('gemini-3.8-flash-lite-tts', 'Gemini 3.8 Flash-Lite TTS', 'The cheaper reader.', ['6', '12']),
];
