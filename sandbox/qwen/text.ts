import { randomUUID } from 'node:crypto';
import { objectIn } from '../kit/body.ts';
import { type ChatBody, textOf } from '../kit/chat-reply.ts';
import { answerChat } from '../kit/chat-wire.ts';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { badParameter, compatibleFailure, type Refused, refuse } from './refusals.ts';

interface TextModel {
  maxOutputTokens: number;
  /** `always`, or whether it thinks when nothing is said. */
  thinking: 'always' | 'on' | 'off' | 'never';
  hasSchemas: boolean;
  /** Takes `reasoning_effort`. */
  hasEffort: boolean;
  /** Answers only in a stream. */
  mustStream?: boolean;
}

const base: TextModel = { maxOutputTokens: 65_536, thinking: 'off', hasSchemas: false, hasEffort: false };
const later: TextModel = { ...base, maxOutputTokens: 131_072, hasSchemas: true };

export const textModels: Readonly<Record<string, TextModel>> = {
  'qwen3.8-max': { ...later, thinking: 'always', hasEffort: true },
  'qwen3.8-max-0902': { ...later, thinking: 'always', hasEffort: true },
  'qwen3.8-max-prime': { ...later, thinking: 'always', hasEffort: true },
  'qwen3.8-flash': { ...later, hasEffort: true },
  'qwen3.8-omni-flash': { ...later, hasEffort: true, mustStream: true },
  'qwen3.7-max': later,
  'qwen3.7-plus': later,
  'qwen3.7-flash': { ...later, maxOutputTokens: 65_536 },
  'qwen3.6-plus': { ...base, thinking: 'on' },
  'qwen3.5-plus': { ...base, thinking: 'on' },
  'qwen3.5-flash': { ...base, thinking: 'on' },
  'qwen3-max': base,
  'qwen-plus': { ...base, maxOutputTokens: 32_768 },
  'qwen-flash': { ...base, maxOutputTokens: 32_768 },
  'qwen3-coder-plus': { ...base, thinking: 'never' },
  'qwen3-coder-flash': { ...base, thinking: 'never' },
  'qwen3-vl-plus': { ...base, maxOutputTokens: 32_768 },
};

interface QwenBody extends ChatBody {
  enable_thinking?: boolean;
  thinking_budget?: number;
  reasoning_effort?: string;
  temperature?: number;
  top_p?: number;
  n?: number;
}

const thinkingByEffort: Record<string, number> = {
  none: 0,
  low: 24,
  medium: 64,
  high: 160,
  xhigh: 160,
  max: 160,
};

/** `POST /compatible-mode/v1/chat/completions`. */
export async function completeChat(exchange: Exchange, world: World, paceMs: number): Promise<void> {
  let body: QwenBody;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, badParameter('The request body is not valid JSON.'));
    return;
  }
  const model = textModels[body.model];
  if (model === undefined) {
    refuse(exchange, {
      status: 404,
      code: 'ModelNotFound',
      message: `The model \`${body.model}\` does not exist or you do not have access to it.`,
    });
    return;
  }
  const thinks = thinksFor(body, model);
  const refusal = refusalFor(body, model, thinks);
  if (refusal !== null) {
    refuse(exchange, refusal);
    return;
  }
  const wished = model.hasEffort ? (thinkingByEffort[body.reasoning_effort ?? 'xhigh'] ?? 160) : 64;
  await answerChat(exchange, world, body, {
    thinkingTokens: thinks ? Math.min(wished, body.thinking_budget ?? Number.POSITIVE_INFINITY) : 0,
    maxOutputTokens: model.maxOutputTokens,
    thoughtField: 'reasoning_content',
    paceMs,
    failureBody: compatibleFailure,
    refuseContent: () => ({
      status: 400,
      body: {
        error: {
          message: 'Input data may contain inappropriate content.',
          type: 'data_inspection_failed',
          param: null,
          code: 'data_inspection_failed',
        },
        request_id: randomUUID(),
      },
    }),
    usageDetails: (prompt, { thinking, output }) => ({
      prompt_tokens_details: { cached_tokens: 0, text_tokens: prompt },
      completion_tokens_details: { reasoning_tokens: thinking, text_tokens: Math.max(0, output - thinking) },
    }),
  });
}

function thinksFor(body: QwenBody, model: TextModel): boolean {
  if (model.thinking === 'always') return true;
  if (model.thinking === 'never') return false;
  return (
    body.enable_thinking ??
    (model.hasEffort ? (body.reasoning_effort ?? 'none') !== 'none' : model.thinking === 'on')
  );
}

function refusalFor(body: QwenBody, model: TextModel, thinks: boolean): Refused | null {
  const { messages, temperature, top_p: topP, response_format: format, max_tokens: limit } = body;
  if (model.mustStream && body.stream !== true)
    return badParameter('This model only supports streaming: set stream to true.');
  if (!Array.isArray(messages) || messages.length === 0) return badParameter('[] is too short - "messages"');
  const strange = messages.find(
    ({ role }) => !['system', 'user', 'assistant', 'tool', 'developer'].includes(role),
  );
  if (strange !== undefined)
    return badParameter(
      `${strange.role} is not one of ['system', 'assistant', 'user', 'tool', 'function'] - 'messages.[0].role'`,
    );
  if (temperature !== undefined && (typeof temperature !== 'number' || temperature < 0 || temperature >= 2))
    return badParameter('temperature: must be in [0, 2)');
  if (topP !== undefined && (typeof topP !== 'number' || topP <= 0 || topP > 1))
    return badParameter('top_p: must be in (0, 1]');
  if (
    limit !== undefined &&
    limit !== null &&
    (!Number.isInteger(limit) || limit < 1 || limit > model.maxOutputTokens)
  )
    return badParameter(`Range of max_tokens should be [1, ${model.maxOutputTokens}]`);
  if (body.thinking_budget !== undefined && !(body.thinking_budget > 0))
    return badParameter('thinking_budget: must be greater than 0');
  if (format?.type === 'json_schema' && !model.hasSchemas)
    return badParameter("'response_format.type' json_schema is not supported by this model");
  if (format?.type === 'json_object' && !messages.some(({ content }) => /json/i.test(textOf(content)))) {
    return badParameter(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    );
  }
  const isForced = typeof body.tool_choice === 'object' && body.tool_choice !== null;
  return isForced && thinks
    ? badParameter('tool_choice does not support being set to required or object in thinking mode')
    : null;
}

export function listModels(exchange: Exchange): void {
  const data = Object.keys(textModels).map((id) => ({
    id,
    object: 'model',
    created: 1_790_000_000,
    owned_by: 'system',
  }));
  sendJson(exchange, 200, { object: 'list', data });
}
