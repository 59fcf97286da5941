import { costs, type Fields, host, sampling, seed, source } from './compatible.ts';
import { codeExamples, quickExamples, thinkingExamples } from './examples.ts';
import { perMillionTokens } from './price.ts';
import { effort, responseFormat, stop, toolFields } from './text.ts';

const GROQ = source('https://groq.com/pricing');
const groqFields = (efforts: readonly string[]): Fields => ({
  ...(efforts.length > 0 ? { reasoning_effort: effort(efforts) } : {}),
  ...sampling(),
  seed: seed(),
  stop: stop(4),
  response_format: responseFormat(),
  ...toolFields(),
});

export const groq = host('groq', 'Groq', [
  {
    id: 'openai/gpt-oss-120b',
    name: 'gpt-oss 120B',
    summary: 'OpenAI’s open model, very fast.',
    context: 131_072,
    maxOutput: 65_536,
    fields: groqFields(['low', 'medium', 'high']),
    prices: perMillionTokens(costs('0.15', '0.60', '0.075'), GROQ),
    examples: thinkingExamples,
  },
  {
    id: 'openai/gpt-oss-20b',
    name: 'gpt-oss 20B',
    summary: 'The small open model, faster still.',
    context: 131_072,
    maxOutput: 65_536,
    fields: groqFields(['low', 'medium', 'high']),
    prices: perMillionTokens(costs('0.075', '0.30', '0.0375'), GROQ),
    examples: quickExamples,
  },
  {
    id: 'llama-3.3-70b-versatile',
    name: 'Llama 3.3 70B',
    summary: 'Meta’s open model, very fast.',
    context: 131_072,
    maxOutput: 32_768,
    fields: groqFields([]),
    prices: perMillionTokens(costs('0.59', '0.79'), GROQ),
    examples: quickExamples,
  },
  {
    id: 'llama-3.1-8b-instant',
    name: 'Llama 3.1 8B',
    summary: 'Almost free, almost at once.',
    context: 131_072,
    maxOutput: 131_072,
    fields: groqFields([]),
    prices: perMillionTokens(costs('0.05', '0.08'), GROQ),
    examples: quickExamples,
  },
  {
    id: 'qwen/qwen3.8-27b',
    name: 'Qwen3.8 27B',
    summary: 'Alibaba’s open model, very fast.',
    context: 131_072,
    maxOutput: 65_536,
    fields: groqFields(['none', 'default']),
    prices: perMillionTokens(costs('0.80', '4'), GROQ),
    examples: codeExamples,
  },
  {
    id: 'qwen/qwen3.6-27b',
    name: 'Qwen3.6 27B',
    summary: 'The open Qwen before.',
    context: 131_072,
    maxOutput: 65_536,
    fields: groqFields(['none', 'default']),
    prices: perMillionTokens(costs('0.60', '3', '0.30'), GROQ),
    examples: codeExamples,
  },
]);
