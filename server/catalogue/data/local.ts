import type { ShippedProvider, Source } from '#server/catalogue/shipped.ts';
import { quickExamples } from './examples.ts';
import { perMillionTokens } from './price.ts';
import {
  IMAGES,
  MEGABYTE,
  penalty,
  responseFormat,
  singleAnswer,
  stop,
  temperature,
  textModel,
  toolFields,
  topP,
} from './text.ts';

/** Nobody is paid for a model on a machine of one's own. */
const FREE: Source = { url: 'https://github.com/ollama/ollama', basis: 'official', on: '2026-11-24' };

/**
 * Models that run on a host of the operator's own (Ollama, vLLM, llama.cpp, LM Studio), by the names the host gives
 * them. They cost nothing until staff set a price.
 */
export function localModels(names: readonly string[]): ShippedProvider {
  return {
    id: 'local',
    name: 'This machine',
    models: names.map((name) =>
      textModel({
        id: `local/${name}`,
        name,
        summary: 'Runs on the operator’s own machine: nothing leaves it, and nothing is charged.',
        context: 131_072,
        maxOutput: 32_768,
        defaultOutput: 4096,
        fields: {
          temperature: temperature(2, 0.8),
          top_p: topP(0.9),
          frequency_penalty: penalty('Frequency'),
          presence_penalty: penalty('Presence'),
          stop: stop(4),
          response_format: responseFormat(),
          ...toolFields(['none', 'auto']),
          n: singleAnswer(),
        },
        accepts: { mediaTypes: IMAGES, maxFiles: 4, maxBytes: 10 * MEGABYTE },
        examples: quickExamples,
        prices: perMillionTokens({ input: '0', output: '0' }, FREE),
      }),
    ),
  };
}
