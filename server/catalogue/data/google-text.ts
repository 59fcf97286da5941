import type { ShippedModel, ShippedPrice, Source } from '#server/catalogue/shipped.ts';
import {
  hearingExamples,
  longExamples,
  quickExamples,
  seeingExamples,
  thinkingExamples,
} from './examples.ts';
import { GEMINI } from './file-limits.ts';
import { safetyThreshold } from './google-safety.ts';
import { longerThan, perMillionTokens, type TokenCosts } from './price.ts';
import { choice, whole } from './schema.ts';
import {
  effort,
  IMAGES,
  MEGABYTE,
  penalty,
  responseFormat,
  singleAnswer,
  stop,
  temperature,
  textModel,
  toolFields,
  topK,
  topP,
} from './text.ts';

const PAGE: Source = {
  url: 'https://ai.google.dev/gemini-api/docs/pricing',
  basis: 'official',
  on: '2026-11-10',
};

const ACCEPTS = {
  mediaTypes: [
    ...IMAGES.filter((type) => type !== 'image/gif'),
    'application/pdf',
    'audio/*',
    'video/*',
    'text/plain',
  ],
  maxFiles: 16,
  maxBytes: 50 * MEGABYTE,
  limits: GEMINI,
};

const FIELDS = {
  reasoning_effort: effort(['minimal', 'low', 'medium', 'high']),
  temperature: temperature(2, 1),
  top_p: topP(0.95),
  top_k: topK(1000),
  presence_penalty: penalty('Presence'),
  frequency_penalty: penalty('Frequency'),
  seed: whole(
    'Seed',
    'The same seed with the same call gives a similar answer.',
    { min: 0, max: 2_147_483_647 },
    { group: 'style', widget: 'seed', advanced: true },
  ),
  stop: stop(5),
  media_resolution: choice(
    'Detail of pictures',
    'How closely pictures, pages and clips are looked at. More detail takes more tokens.',
    ['low', 'medium', 'high'],
    undefined,
    { group: 'input', advanced: true },
  ),
  response_format: responseFormat(),
  ...toolFields(undefined, { subset: true }),
  safety_threshold: safetyThreshold(),
  n: singleAnswer(),
};

interface Row {
  id: string;
  name: string;
  summary: string;
  prices: ShippedPrice[];
  examples: ShippedModel['examples'];
}

function model(row: Row): ShippedModel {
  return textModel({
    ...row,
    id: `google/${row.id}`,
    context: 1_048_576,
    maxOutput: 65_536,
    fields: FIELDS,
    accepts: ACCEPTS,
  });
}

const costs = (input: string, cached: string, output: string): TokenCosts => ({ input, cached, output });

/** A price that Google has announced to change on a day. */
function changing(before: TokenCosts, on: string, after: TokenCosts): ShippedPrice[] {
  return [...perMillionTokens(before, PAGE, { until: on }), ...perMillionTokens(after, PAGE, { from: on })];
}

const flash = changing(costs('0.75', '0.075', '3.75'), '2027-01-01', costs('1.50', '0.15', '7.50'));

export const googleText: ShippedModel[] = [
  model({
    id: 'gemini-4-argon',
    name: 'Gemini 4 Argon',
    summary: 'Google’s newest: long thought over a million tokens of text, pictures, sound and video.',
    prices: changing(costs('2', '0.10', '10'), '2026-12-01', costs('4', '0.20', '20')),
    examples: longExamples,
  }),
  model({
    id: 'gemini-3.8-flash',
    name: 'Gemini 3.8 Flash',
    summary: 'Quick, and it sees and hears: the everyday Gemini.',
    prices: flash,
    examples: seeingExamples,
  }),
  model({
    id: 'gemini-3.6-flash',
    name: 'Gemini 3.6 Flash',
    summary: 'The Flash before, for those who pinned it.',
    prices: flash,
    examples: hearingExamples,
  }),
  model({
    id: 'gemini-3.5-flash-lite',
    name: 'Gemini 3.5 Flash-Lite',
    summary: 'Cheap and quick for large amounts of small work.',
    prices: perMillionTokens(costs('0.30', '0.03', '2.50'), PAGE),
    examples: quickExamples,
  }),
  model({
    id: 'gemini-3.1-flash-lite',
    name: 'Gemini 3.1 Flash-Lite',
    summary: 'The cheapest Gemini; sound costs twice what text does.',
    prices: perMillionTokens({ ...costs('0.25', '0.025', '1.50'), audioInput: '0.50' }, PAGE),
    examples: quickExamples,
  }),
  model({
    id: 'gemini-3.1-pro-preview',
    name: 'Gemini 3.1 Pro (preview)',
    summary: 'The Pro of the generation before, still in preview.',
    prices: [
      ...perMillionTokens(costs('2', '0.20', '12'), PAGE),
      ...longerThan(200_000, costs('4', '0.40', '18'), PAGE),
    ],
    examples: thinkingExamples,
  }),
];
