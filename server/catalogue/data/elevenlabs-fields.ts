import { choice, decimal, flag, prompt, shaped, whole, words } from './schema.ts';

/** Fields of ElevenLabs’ models: its own API and those who resell them take them in the same words. */

export const STYLE = { group: 'style', advanced: true } as const;
const INPUT = { group: 'input', advanced: true } as const;
const OUTPUT = { group: 'output', advanced: true } as const;

export const unit = (title: string, description: string, fallback: number) =>
  decimal(title, description, { min: 0, max: 1, fallback }, { ...STYLE, step: 0.05 });
export const format = (formats: readonly string[]) =>
  choice(
    'Format',
    'Kind of file, samples a second, and thousands of bits a second.',
    formats,
    'mp3_44100_128',
    OUTPUT,
  );

export const stability = () => unit('Stability', 'Low is livelier, high is steadier.', 0.5);
export const likeness = () => unit('Likeness', 'How closely the voice is kept to its original.', 0.75);
export const manner = () => unit('Style', 'How much the voice’s manner is exaggerated.', 0);
export const spokenLanguage = () =>
  words('Language', 'The language as two letters; without it, the text decides.', 2, STYLE);
export const numbersAndDates = () =>
  choice(
    'Numbers and dates',
    'Whether they are written out before they are read.',
    ['auto', 'on', 'off'],
    'auto',
    STYLE,
  );
/** What stands around the text that is spoken. */
export const context = () => ({
  previous_text: words('Text before', 'What was said before, so that the tone fits.', 1000, INPUT),
  next_text: words('Text after', 'What will be said next, so that the tone fits.', 1000, INPUT),
});

/** Of sound effects, but for the format. `length` says what a second costs. */
export const soundFields = (longest: number, length: string) => ({
  prompt: prompt(450, 'What is heard.'),
  duration: decimal(
    'Length',
    length,
    { min: 0.5, max: longest, fallback: 5 },
    { group: 'output', unit: 's', step: 0.5 },
  ),
  prompt_influence: unit('Closeness', 'How closely the sound follows the words.', 0.3),
  loop: flag('Loop', 'Makes the end fit the beginning.', false, { group: 'output' }),
});

export const musicPrompt = () => prompt(4100, 'What the music sounds like. Names of artists are refused.');
export const musicLength = (description: string) =>
  whole('Length', description, { min: 3, max: 600, fallback: 60 }, { group: 'output', unit: 's' });
export const noVoice = () => flag('No voice', 'Makes sure that nobody sings.', false, { group: 'style' });
export const keepToPlan = (description: string) => flag('Keep to the plan', description, true, STYLE);

const styles = { type: 'array', items: { type: 'string' }, maxItems: 50 };
/** As the provider's own planner writes it. */
const PLAN = {
  type: 'object',
  properties: {
    positive_global_styles: styles,
    negative_global_styles: styles,
    sections: {
      type: 'array',
      minItems: 1,
      maxItems: 30,
      items: {
        type: 'object',
        properties: {
          section_name: { type: 'string', minLength: 1, maxLength: 100 },
          positive_local_styles: styles,
          negative_local_styles: styles,
          duration_ms: { type: 'integer', minimum: 3000, maximum: 120_000 },
          lines: { type: 'array', items: { type: 'string', maxLength: 200 }, maxItems: 30 },
        },
        required: ['section_name', 'positive_local_styles', 'negative_local_styles', 'duration_ms', 'lines'],
        additionalProperties: false,
      },
    },
  },
  required: ['positive_global_styles', 'negative_global_styles', 'sections'],
  additionalProperties: false,
  examples: [
    {
      positive_global_styles: ['calm', 'piano'],
      negative_global_styles: ['drums'],
      sections: [
        {
          section_name: 'Verse',
          positive_local_styles: ['soft'],
          negative_local_styles: [],
          duration_ms: 10_000,
          lines: [],
        },
      ],
    },
  ],
};
export const plan = (description: string) => shaped('Plan', description, PLAN, { group: 'input' });

export const heardLanguage = () =>
  words('Language', 'The language as a code; without it, it is found out.', 8, { group: 'input' });
export const tellSpeakersApart = () =>
  flag('Tell speakers apart', 'Says who speaks when.', false, { group: 'output' });
export const nameSounds = () => flag('Name sounds', 'Marks laughter, applause and the like.', true, OUTPUT);
/** `cost` says what they add. */
export const keyterms = (cost: string, maxLength: number) =>
  shaped(
    'Names and terms',
    `Up to a hundred words that may be said and are hard to guess; costs ${cost} more.`,
    { type: 'array', items: { type: 'string', minLength: 1, maxLength }, minItems: 1, maxItems: 100 },
    { group: 'input', widget: 'list' },
  );
