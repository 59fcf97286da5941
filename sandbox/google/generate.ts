import { objectIn } from '../kit/body.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import type { Fault } from '../kit/faults.ts';
import type { PromptCache } from '../kit/prompt-cache.ts';
import { sendStream } from '../kit/stream.ts';
import type { CachedContent } from './caches.ts';
import { type ContentRequest, countPrompt, type Modality, promptOf, readContent } from './content-request.ts';
import { type Made, make } from './make.ts';
import { geminiModels } from './models.ts';
import type { Part } from './part.ts';
import { failureBody, refuse } from './refusals.ts';

let answers = 0;

/** What one call says, in steps that a stream sends one by one. */
interface Reply {
  id: string;
  model: string;
  prompt: Map<Modality, number>;
  cached: number;
  made: Made;
  fault: Readonly<Fault>;
}

/** `POST …/models/{model}:generateContent` and `:streamGenerateContent`. */
export async function generate(
  exchange: Exchange,
  world: World,
  model: string,
  isStream: boolean,
  { paceMs, cache, caches }: { paceMs: number; cache: PromptCache; caches: Map<string, CachedContent> },
): Promise<void> {
  const traits = geminiModels[model];
  if (traits === undefined) {
    refuse(
      exchange,
      404,
      `models/${model} is not found for API version v1beta, or is not supported for generateContent.`,
    );
    return;
  }
  const request = readRequest(exchange, model);
  if (request === null) return;
  const prompt = countPrompt(request);
  const held = request.cachedContent === undefined ? undefined : caches.get(request.cachedContent);
  if (request.cachedContent !== undefined && (held === undefined || held.model !== `models/${model}`)) {
    refuse(exchange, 403, 'CachedContent not found (or permission denied)');
    return;
  }
  if (held !== undefined) prompt.set('TEXT', (prompt.get('TEXT') ?? 0) + held.tokens);
  const total = sum(prompt);
  if (total > traits.inputLimit) {
    refuse(
      exchange,
      400,
      `The input token count (${total}) exceeds the maximum number of tokens allowed (${traits.inputLimit}).`,
    );
    return;
  }
  const fault = world.faults.take({ path: exchange.path, model, prompt: promptOf(request) });
  if (await misbehavesAtOnce(exchange, fault, failureBody, isStream)) return;
  if (fault.fail && !isStream) {
    sendJson(exchange, 500, failureBody(500));
    return;
  }
  answers += 1;
  const reply: Reply = {
    id: `r${Date.now().toString(36)}${answers}`,
    model,
    prompt,
    made: await make(request, model, traits, fault),
    // What is kept on purpose is read from there; else a long beginning that was sent before.
    cached:
      held?.tokens ??
      Math.min(
        prompt.get('TEXT') ?? 0,
        cache.look(model + JSON.stringify(request.contents), total, world.clock.now()).cachedTokens,
      ),
    fault,
  };
  if (fault.lost || (!isStream && fault.cutAfterChunks !== undefined)) {
    count(reply, reply.made.steps.length, world);
    loseAnswer(exchange);
    return;
  }
  if (!isStream) {
    count(reply, reply.made.steps.length, world);
    sendJson(exchange, 200, wholeOf(reply));
    return;
  }
  const chunks = chunksOf(reply);
  const isSse = exchange.query.get('alt') === 'sse';
  const frames = chunks.map((chunk, at) =>
    isSse ? `data: ${JSON.stringify(chunk)}\r\n\r\n` : `${at === 0 ? '[' : ',\r\n'}${JSON.stringify(chunk)}`,
  );
  if (fault.fail)
    frames.splice(
      Math.ceil(frames.length / 2),
      frames.length,
      isSse ? `data: ${JSON.stringify(failureBody(503))}\r\n\r\n` : ']',
    );
  else if (!isSse) frames.push(']');
  const { sent } = await sendStream(
    exchange,
    isSse ? 'text/event-stream' : 'application/json; charset=UTF-8',
    frames,
    { fault, paceMs },
  );
  count(reply, sent, world);
}

export function readRequest(exchange: Exchange, model: string): ContentRequest | null {
  let body: unknown;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, 400, 'Invalid JSON payload received.');
    return null;
  }
  const request = readContent(body, model, geminiModels[model]!);
  if (typeof request !== 'string') return request;
  refuse(exchange, 400, request);
  return null;
}

export const sum = (counts: Map<Modality, number>) =>
  [...counts.values()].reduce((total, tokens) => total + tokens, 0);

const detailsOf = (counts: Map<Modality, number>) =>
  [...counts]
    .filter(([, tokenCount]) => tokenCount > 0)
    .map(([modality, tokenCount]) => ({ modality, tokenCount }));

/** Usage after `steps` of the answer: it grows from chunk to chunk. */
function usageOf({ prompt, cached, made, fault }: Reply, steps: number) {
  const factor = fault.usageFactor ?? 1;
  const output = new Map<Modality, number>();
  for (const { modality, tokens } of made.steps.slice(0, steps))
    output.set(modality, (output.get(modality) ?? 0) + tokens * factor);
  const promptTokenCount = sum(prompt) * factor;
  const candidatesTokenCount = sum(output);
  return {
    promptTokenCount,
    ...(candidatesTokenCount > 0 && { candidatesTokenCount, candidatesTokensDetails: detailsOf(output) }),
    ...(cached > 0 && {
      cachedContentTokenCount: cached * factor,
      cacheTokensDetails: [{ modality: 'TEXT', tokenCount: cached * factor }],
    }),
    ...(made.thoughtTokens > 0 && { thoughtsTokenCount: made.thoughtTokens }),
    totalTokenCount: promptTokenCount + candidatesTokenCount + made.thoughtTokens,
    promptTokensDetails: detailsOf(prompt),
    trafficType: 'ON_DEMAND',
  };
}

function count(reply: Reply, steps: number, world: World): void {
  const {
    promptTokenCount,
    thoughtsTokenCount = 0,
    cachedContentTokenCount = 0,
    candidatesTokensDetails = [],
    promptTokensDetails,
  } = usageOf(reply, steps);
  const heard = promptTokensDetails.find(({ modality }) => modality === 'AUDIO')?.tokenCount ?? 0;
  const of = (modality: Modality) =>
    candidatesTokensDetails.find((detail) => detail.modality === modality)?.tokenCount ?? 0;
  const units = {
    input_token: promptTokenCount - heard - cachedContentTokenCount,
    cached_input_token: cachedContentTokenCount,
    input_audio_token: heard,
    output_token: of('TEXT') + thoughtsTokenCount,
    output_image_token: of('IMAGE'),
    output_audio_token: of('AUDIO'),
  };
  const charged = reply.made.blockReason === undefined;
  world.tally.add(
    { id: reply.id, model: reply.model, units, accepted: true, charged, mark: reply.fault.mark },
    world.clock.now(),
  );
}

const envelope = ({ id, model }: Reply) => ({ modelVersion: model, responseId: id });

function wholeOf(reply: Reply): unknown {
  const { made } = reply;
  const usageMetadata = usageOf(reply, made.steps.length);
  if (made.blockReason !== undefined)
    return {
      promptFeedback: { blockReason: made.blockReason, safetyRatings: [] },
      usageMetadata,
      ...envelope(reply),
    };
  const parts: Part[] = [];
  for (const { part } of made.steps) {
    const last = parts.at(-1);
    const isMore = last?.text !== undefined && part.text !== undefined && last.thought === part.thought;
    if (isMore) parts[parts.length - 1] = { ...last, ...part, text: `${last.text}${part.text}` };
    else if (last?.inlineData?.mimeType.startsWith('audio/') && part.inlineData !== undefined) {
      const joined = Buffer.concat([
        Buffer.from(last.inlineData.data, 'base64'),
        Buffer.from(part.inlineData.data, 'base64'),
      ]);
      parts[parts.length - 1] = { inlineData: { ...last.inlineData, data: joined.toString('base64') } };
    } else parts.push(part);
  }
  const content = parts.length === 0 ? {} : { content: { role: 'model', parts } };
  return {
    candidates: [{ index: 0, ...content, finishReason: made.finish, safetyRatings: [] }],
    usageMetadata,
    ...envelope(reply),
  };
}

function chunksOf(reply: Reply): unknown[] {
  const { made } = reply;
  if (made.blockReason !== undefined || made.steps.length === 0) return [wholeOf(reply)];
  return made.steps.map(({ part }, at) => ({
    candidates: [
      {
        index: 0,
        content: { role: 'model', parts: [part] },
        ...(at === made.steps.length - 1 && { finishReason: made.finish }),
      },
    ],
    usageMetadata: usageOf(reply, at + 1),
    ...envelope(reply),
  }));
}
