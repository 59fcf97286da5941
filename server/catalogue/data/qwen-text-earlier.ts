import type { ShippedModel, ShippedPrice } from '#server/catalogue/shipped.ts';
import { codeExamples, longExamples, quickExamples, seeingExamples, thinkingExamples } from './examples.ts';
import { longerThan, perMillionTokens } from './price.ts';
import { costs, LISTS, model, PICTURES_AND_CLIPS, SUMMER, switched, tiers } from './qwen-text-model.ts';

/** Thinking makes all output of qwen-plus dearer. */
const plusThinking: ShippedPrice[] = [
  ...perMillionTokens({ output: '4' }, SUMMER, { when: { enable_thinking: true } }),
  ...longerThan(256_000, { output: '12' }, SUMMER, { when: { enable_thinking: true } }),
];

/** Families before 3.7, and names without a number. */
export const qwenEarlier: ShippedModel[] = [
  model({
    id: 'qwen3.6-plus',
    name: 'Qwen3.6 Plus',
    preserves: true,
    summary: 'An earlier Plus.',
    maxOutput: 65_536,
    thinking: switched(true, 65_536),
    prices: tiers(LISTS, costs('0.50', '0.05', '0.625', '3'), [256, costs('2', '0.20', '2.5', '6')]),
    examples: longExamples,
  }),
  model({
    id: 'qwen3.5-plus',
    name: 'Qwen3.5 Plus',
    summary: 'An earlier Plus that stays cheap on long prompts.',
    maxOutput: 65_536,
    thinking: switched(true, 65_536),
    prices: tiers(LISTS, costs('0.40', '0.04', '0.50', '2.40'), [256, costs('0.50', '0.05', '0.625', '3')]),
    examples: longExamples,
  }),
  model({
    id: 'qwen3.5-flash',
    name: 'Qwen3.5 Flash',
    summary: 'An earlier Flash.',
    maxOutput: 65_536,
    thinking: switched(true, 65_536),
    prices: tiers(LISTS, costs('0.10', '0.01', '0.125', '0.40')),
    examples: quickExamples,
  }),
  model({
    id: 'qwen3-max',
    name: 'Qwen3 Max',
    summary: 'An earlier Max with a shorter memory.',
    context: 262_144,
    maxOutput: 65_536,
    thinking: switched(false, 65_536),
    prices: tiers(
      LISTS,
      costs('1.2', '0.24', '1.5', '6'),
      [32, costs('2.4', '0.48', '3', '12')],
      [128, costs('3', '0.60', '3.75', '15')],
    ),
    examples: thinkingExamples,
  }),
  model({
    id: 'qwen-plus',
    name: 'Qwen Plus',
    summary: 'The long-standing Plus; thinking makes its output dearer.',
    maxOutput: 32_768,
    thinking: switched(false, 32_768),
    prices: [
      ...tiers(SUMMER, costs('0.40', '0.08', '0.50', '1.20'), [256, costs('1.20', '0.24', '1.50', '3.60')]),
      ...plusThinking,
    ],
    examples: quickExamples,
  }),
  model({
    id: 'qwen-flash',
    name: 'Qwen Flash',
    summary: 'The long-standing Flash.',
    maxOutput: 32_768,
    thinking: switched(false, 32_768),
    prices: tiers(SUMMER, costs('0.05', '0.01', '0.0625', '0.40'), [
      256,
      costs('0.25', '0.05', '0.3125', '2'),
    ]),
    examples: quickExamples,
  }),
  model({
    id: 'qwen3-coder-plus',
    name: 'Qwen3 Coder Plus',
    summary: 'Made for code and tools; does not think aloud.',
    maxOutput: 65_536,
    thinking: {},
    prices: tiers(
      SUMMER,
      costs('1', '0.10', '1.25', '5'),
      [32, costs('1.8', '0.18', '2.25', '9')],
      [128, costs('3', '0.30', '3.75', '15')],
      [256, costs('6', '0.60', '7.5', '60')],
    ),
    examples: codeExamples,
  }),
  model({
    id: 'qwen3-coder-flash',
    name: 'Qwen3 Coder Flash',
    summary: 'Code for less.',
    maxOutput: 65_536,
    thinking: {},
    prices: tiers(
      SUMMER,
      costs('0.30', '0.075', '0.375', '1.50'),
      [32, costs('0.50', '0.125', '0.625', '2.50')],
      [128, costs('0.80', '0.20', '1', '4')],
      [256, costs('1.60', '0.40', '2', '9.60')],
    ),
    examples: codeExamples,
  }),
  model({
    id: 'qwen3-vl-plus',
    name: 'Qwen3 VL Plus',
    summary: 'Looks at pictures, pages and clips.',
    context: 262_144,
    maxOutput: 32_768,
    thinking: switched(false, 32_768),
    accepts: PICTURES_AND_CLIPS,
    prices: tiers(
      SUMMER,
      costs('0.20', '0.04', '0.25', '1.60'),
      [32, costs('0.30', '0.06', '0.375', '2.40')],
      [128, costs('0.60', '0.12', '0.75', '4.80')],
    ),
    examples: seeingExamples,
  }),
];
