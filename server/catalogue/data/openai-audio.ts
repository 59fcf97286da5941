import type { ShippedModel, ShippedPrice, Source } from '#server/catalogue/shipped.ts';
import { speechExamples, transcriptExamples } from './examples.ts';
import { speed, takes } from './media.ts';
import { mediaModel } from './media-model.ts';
import { perMillionTokens, price } from './price.ts';
import { choice, decimal, file, prompt, shaped, words } from './schema.ts';
import { NO_FILES } from './text.ts';

const PAGE: Source = { url: 'https://platform.openai.com/docs/pricing', basis: 'official', on: '2026-11-10' };

const VOICES = [
  'alloy',
  'ash',
  'ballad',
  'coral',
  'echo',
  'fable',
  'onyx',
  'nova',
  'sage',
  'shimmer',
  'verse',
  'marin',
  'cedar',
];
const EARLY_VOICES = ['alloy', 'ash', 'coral', 'echo', 'fable', 'onyx', 'nova', 'sage', 'shimmer'];

function voice(id: string, name: string, summary: string, prices: ShippedPrice[]): ShippedModel {
  const early = id.startsWith('tts-1');
  return mediaModel({
    id: `openai/${id}`,
    kind: 'speech',
    name,
    summary,
    fields: {
      prompt: prompt(4096, 'What the voice says.'),
      voice: choice('Voice', 'Who speaks.', early ? EARLY_VOICES : VOICES, 'alloy', { group: 'style' }),
      ...(early
        ? {}
        : {
            instructions: words(
              'Manner',
              'How it is said: warm, hurried, like a night-time radio host.',
              4096,
              { group: 'style' },
            ),
          }),
      response_format: choice(
        'Format',
        'The kind of file.',
        ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'],
        'mp3',
        {
          group: 'output',
          advanced: true,
        },
      ),
      speed: speed(0.25, 4),
    },
    accepts: NO_FILES,
    examples: speechExamples,
    prices,
    usual: early ? [] : [{ unit: 'output_audio_token', quantity: 1389, of: 'thousand_characters' }],
    typical: early
      ? { label: '1,000 characters, about a minute', units: { character: 1000 }, params: {} }
      : { label: '1 minute of speech', units: { input_token: 250, output_audio_token: 1250 }, params: {} },
  });
}

function list(title: string, description: string, group: 'input') {
  return shaped(
    title,
    description,
    { type: 'array', items: { type: 'string', minLength: 1, maxLength: 100 }, minItems: 1, maxItems: 100 },
    { group, widget: 'list' },
  );
}

function transcript(
  id: string,
  name: string,
  summary: string,
  options: { prices: ShippedPrice[]; tokens?: true; keywords?: true; captions?: true },
): ShippedModel {
  return mediaModel({
    id: `openai/${id}`,
    kind: 'transcription',
    name,
    summary,
    fields: {
      audio: file('Recording', 'Sound or video with speech, up to 25 MB.', 'audio'),
      language: words('Language', 'The language as two letters; without it, it is found out.', 8, {
        group: 'input',
      }),
      prompt: words('Hint', 'Names and words that occur, or how the text went on before.', 2000, {
        group: 'input',
        advanced: true,
      }),
      ...(options.keywords
        ? {
            keywords: list('Words', 'Names and terms that occur, so that they are spelt right.', 'input'),
            languages: list('Languages', 'Languages that may occur, as two letters each.', 'input'),
          }
        : {}),
      ...(options.captions
        ? {
            response_format: choice(
              'Result',
              'The words alone, or captions with their times.',
              ['json', 'srt', 'vtt'],
              'json',
              { group: 'output', labels: { json: 'Words', srt: 'SRT captions', vtt: 'WebVTT captions' } },
            ),
          }
        : {}),
      temperature: decimal(
        'Temperature',
        'Higher guesses more freely.',
        { min: 0, max: 1 },
        { group: 'style', advanced: true, providerDefault: 0 },
      ),
    },
    required: ['audio'],
    accepts: takes(['audio/*', 'video/mp4', 'video/webm'], 1, 25),
    examples: transcriptExamples,
    prices: options.prices,
    typical: options.tokens
      ? { label: '10 minutes of speech', units: { input_audio_token: 6000, output_token: 1800 }, params: {} }
      : { label: '10 minutes of speech', units: { input_second: 600 }, params: {} },
  });
}

export const openaiAudio: ShippedModel[] = [
  voice(
    'gpt-4o-mini-tts',
    'GPT-4o mini TTS',
    'Speaks as you describe: manner, mood, accent.',
    perMillionTokens({ input: '0.60', audioOutput: '12' }, PAGE),
  ),
  voice('tts-1', 'TTS-1', 'Quick speech in nine voices.', [
    price('character', '15', PAGE, { per: 1_000_000 }),
  ]),
  voice('tts-1-hd', 'TTS-1 HD', 'The finer sound of the two.', [
    price('character', '30', PAGE, { per: 1_000_000 }),
  ]),
  transcript('gpt-transcribe', 'GPT Transcribe', 'OpenAI’s newest: writes down speech in many languages.', {
    prices: [price('input_second', '0.27', PAGE, { per: 3600 })],
    keywords: true,
  }),
  transcript('gpt-4o-transcribe', 'GPT-4o Transcribe', 'Writes down speech; charged by token.', {
    prices: perMillionTokens({ input: '2.5', audioInput: '6', output: '10' }, PAGE),
    tokens: true,
  }),
  transcript('whisper-1', 'Whisper', 'The open classic, by the minute.', {
    prices: [price('input_second', '0.006', PAGE, { per: 60 })],
    captions: true,
  }),
];
