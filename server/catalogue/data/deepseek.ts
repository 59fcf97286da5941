import { costs, type Fields, host, sampling, source } from './compatible.ts';
import { codeExamples, thinkingExamples } from './examples.ts';
import { perMillionTokens } from './price.ts';
import { choice } from './schema.ts';
import { effort, penalty, responseFormat, stop, toolFields } from './text.ts';

const DEEPSEEK = source('https://api-docs.deepseek.com/quick_start/pricing');
const deepseekFields: Fields = {
  thinking: choice(
    'Thinking',
    'Whether the model thinks before it answers. Thoughts are charged as output.',
    ['enabled', 'disabled'],
    'enabled',
    {
      group: 'thinking',
      labels: { enabled: 'On', disabled: 'Off' },
    },
  ),
  reasoning_effort: effort(['low', 'high', 'max']),
  ...sampling(),
  frequency_penalty: penalty('Frequency'),
  presence_penalty: penalty('Presence'),
  stop: stop(16),
  response_format: responseFormat(['text', 'json_object']),
  // Without thinking it can be forced to a tool.
  ...toolFields(['none', 'auto'], { forced: true }),
};

export const deepseek = host('deepseek', 'DeepSeek', [
  {
    id: 'deepseek-flash',
    name: 'DeepSeek Flash',
    summary:
      'Thinks well for little money, over a million tokens. Charged at the provider’s peak price at all hours.',
    context: 1_000_000,
    maxOutput: 384_000,
    fields: deepseekFields,
    sees: true,
    prices: perMillionTokens(costs('0.30', '1.20', '0.006'), DEEPSEEK),
    examples: thinkingExamples,
  },
  {
    id: 'deepseek-v4-pro',
    name: 'DeepSeek V4 Pro',
    summary: 'DeepSeek’s largest. Charged at the provider’s peak price at all hours.',
    context: 1_000_000,
    maxOutput: 384_000,
    fields: deepseekFields,
    prices: perMillionTokens(costs('1.32', '3.96', '0.044'), DEEPSEEK),
    examples: codeExamples,
  },
]);
