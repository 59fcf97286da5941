import { costs, type Fields, host, type Row, sampling, seed, source } from './compatible.ts';
import { codeExamples, quickExamples } from './examples.ts';
import { perMillionTokens, type TokenCosts } from './price.ts';
import { effort, penalty, responseFormat, stop, toolFields } from './text.ts';

const TOGETHER = source('https://www.together.ai/pricing');
const togetherFields: Fields = {
  reasoning_effort: effort(['low', 'medium', 'high']),
  ...sampling(),
  frequency_penalty: penalty('Frequency'),
  presence_penalty: penalty('Presence'),
  seed: seed(),
  stop: stop(4),
  response_format: responseFormat(),
  ...toolFields(),
};

function open(id: string, name: string, summary: string, context: number, prices: TokenCosts): Row {
  return {
    id,
    name,
    summary,
    context,
    maxOutput: 65_536,
    fields: togetherFields,
    prices: perMillionTokens(prices, TOGETHER),
    examples: context < 1_000_000 ? quickExamples : codeExamples,
  };
}

export const together = host('together', 'Together AI', [
  open(
    'moonshotai/Kimi-K3.1-Pro',
    'Kimi K3.1 Pro',
    'Moonshot’s open agent model.',
    1_000_000,
    costs('2', '10', '0.20'),
  ),
  open('moonshotai/Kimi-K3', 'Kimi K3', 'The Kimi before.', 1_000_000, costs('3', '15', '0.30')),
  open(
    'zai-org/GLM-5.3',
    'GLM 5.3',
    'Z.ai’s open model for code and agents.',
    1_000_000,
    costs('1.40', '4.40', '0.26'),
  ),
  open('zai-org/GLM-5.3-Flash', 'GLM 5.3 Flash', 'The quick one.', 1_000_000, costs('0.15', '0.50', '0.03')),
  open(
    'deepseek-ai/DeepSeek-V4-Pro-0813',
    'DeepSeek V4 Pro',
    'DeepSeek’s largest, hosted in the United States.',
    1_000_000,
    costs('1.32', '3.96', '0.13'),
  ),
  open(
    'deepseek-ai/DeepSeek-V4.1-Flash',
    'DeepSeek V4.1 Flash',
    'DeepSeek’s quick model, hosted in the United States.',
    1_000_000,
    costs('0.30', '1.20', '0.006'),
  ),
  open(
    'MiniMaxAI/MiniMax-M3',
    'MiniMax M3',
    'Half a million tokens of context for little.',
    524_288,
    costs('0.30', '1.20', '0.06'),
  ),
  open('openai/gpt-oss-120b', 'gpt-oss 120B', 'OpenAI’s open model.', 131_072, costs('0.15', '0.60')),
]);
