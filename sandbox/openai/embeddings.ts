import { objectIn } from '../kit/body.ts';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { seedOf } from '../kit/prose.ts';
import { countTokens } from '../kit/tokens.ts';
import { badRequest, notOneOf, refuse, standardHeaders, unknownModel, wrongType } from './refusals.ts';

const embeddingModels: Readonly<Record<string, number>> = {
  'text-embedding-3-small': 1536,
  'text-embedding-3-large': 3072,
};
let answers = 0;

/** `POST /v1/embeddings`: numbers that are the same for the same words. */
export function embed(exchange: Exchange, world: World): void {
  const {
    model,
    input,
    dimensions,
    encoding_format: format = 'float',
  } = objectIn(exchange.body) as Record<string, unknown>;
  const most = embeddingModels[String(model)];
  if (most === undefined) {
    refuse(exchange, unknownModel(String(model)));
    return;
  }
  const texts = [input].flat();
  if (texts.length === 0 || texts.some((text) => typeof text !== 'string' || text === '')) {
    refuse(exchange, wrongType('input', 'a string or an array of strings', input));
    return;
  }
  if (dimensions !== undefined && !(Number.isInteger(dimensions) && Number(dimensions) <= most)) {
    refuse(exchange, badRequest(`Invalid 'dimensions': expected at most ${most}.`, 'dimensions'));
    return;
  }
  if (format !== 'float' && format !== 'base64') {
    refuse(exchange, notOneOf('encoding_format', ['float', 'base64'], format));
    return;
  }
  const tokens = texts.reduce((sum: number, text) => sum + countTokens(String(text)), 0);
  answers += 1;
  world.tally.add(
    {
      id: `embedding_${answers}`,
      model: String(model),
      units: { input_token: tokens },
      accepted: true,
      charged: true,
    },
    world.clock.now(),
  );
  const data = texts.map((text, index) => {
    const numbers = numbersFor(String(text), Number(dimensions ?? most));
    const embedding =
      format === 'float'
        ? [...numbers]
        : Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
    return { object: 'embedding', index, embedding };
  });
  sendJson(
    exchange,
    200,
    { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } },
    standardHeaders(),
  );
}

/** Of length one, as the real ones are. */
function numbersFor(text: string, count: number): Float32Array {
  const numbers = Float32Array.from({ length: count }, (_, at) => Math.sin(seedOf(text) + at * 1.7));
  const length = Math.sqrt(numbers.reduce((sum, each) => sum + each * each, 0));
  return numbers.map((each) => each / length);
}
