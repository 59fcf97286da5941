import { objectIn } from '../kit/body.ts';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { seedOf } from '../kit/prose.ts';
import { countTokens } from '../kit/tokens.ts';
import { textOf } from './content-request.ts';
import { refuse } from './refusals.ts';

const DIMENSIONS: Readonly<Record<string, number>> = {
  'gemini-embedding-001': 3072,
  'gemini-embedding-2': 3072,
};
let answers = 0;

interface Request {
  content?: { parts: { text?: string }[] };
  outputDimensionality?: number;
}

/** `…:embedContent` and `…:batchEmbedContents`. */
export function embed(exchange: Exchange, world: World, model: string, verb: string): void {
  const most = DIMENSIONS[model];
  if (most === undefined) {
    refuse(exchange, 404, `models/${model} is not found, or is not supported for ${verb}.`);
    return;
  }
  const body = objectIn(exchange.body) as Request & { requests?: Request[] };
  const requests = verb === 'embedContent' ? [body] : (body.requests ?? []);
  if (requests.length === 0 || requests.some(({ content }) => textOf(content) === '')) {
    refuse(exchange, 400, '* EmbedContentRequest.content: contents is not specified');
    return;
  }
  const tokens = requests.reduce((sum, { content }) => sum + countTokens(textOf(content)), 0);
  answers += 1;
  world.tally.add(
    { id: `embedding_${answers}`, model, units: { input_token: tokens }, accepted: true, charged: true },
    world.clock.now(),
  );
  const made = requests.map(({ content, outputDimensionality = most }) => ({
    values: numbersFor(textOf(content), outputDimensionality),
  }));
  sendJson(exchange, 200, verb === 'embedContent' ? { embedding: made[0] } : { embeddings: made });
}

function numbersFor(text: string, count: number): number[] {
  return Array.from({ length: count }, (_, at) => Number(Math.sin(seedOf(text) + at * 1.7).toFixed(6)));
}
