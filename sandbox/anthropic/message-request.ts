import { countTokens } from '../kit/tokens.ts';
import { type ClaudeTraits, claudeModels } from './models.ts';
import { loopRefusal, thoughtsRefusal } from './thoughts.ts';

type Block = Record<string, unknown> & { type?: string };

export interface MessageRequest {
  model: string;
  max_tokens: number;
  messages: { role: string; content: string | Block[] }[];
  system?: string | Block[];
  stream?: boolean;
  stop_sequences?: string[];
  tools?: (Block & { name: string; input_schema?: unknown })[];
  tool_choice?: { type: string; name?: string };
  thinking?: { type: string; budget_tokens?: number; display?: string };
  output_config?: { effort?: string; format?: { type: string; schema?: unknown } };
  cache_control?: unknown;
  speed?: string;
  service_tier?: string;
}

/** What a body may hold. */
export const messageFields: readonly string[] =
  `model max_tokens messages system stream stop_sequences tools tool_choice thinking output_config cache_control
  metadata service_tier speed inference_geo container diagnostics temperature top_p top_k fallbacks context_management
  mcp_servers betas`.split(/\s+/);

interface Refused {
  status: number;
  message: string;
}

const bad = (message: string): Refused => ({ status: 400, message });

/** Says why Anthropic would refuse this body, or null. `version` is the header's. */
export function messageRefusal(
  body: Record<string, unknown>,
  version: string,
  needsMaxTokens: boolean,
): Refused | null {
  const { model } = body;
  if (typeof model !== 'string') return bad('model: Field required');
  const traits = claudeModels[model];
  if (traits === undefined) return { status: 404, message: `model: ${model}` };
  for (const name in body) {
    if (!messageFields.includes(name)) return bad(`${name}: Extra inputs are not permitted`);
  }
  return (
    (needsMaxTokens ? lengthRefusal(body, traits) : null) ??
    samplingRefusal(body, traits, version) ??
    messagesRefusal(body.messages, model, traits, version) ??
    thinkingRefusal(body, traits) ??
    toolsRefusal(body, traits)
  );
}

function lengthRefusal({ max_tokens: limit }: Record<string, unknown>, traits: ClaudeTraits): Refused | null {
  if (limit === undefined) return bad('max_tokens: Field required');
  if (!Number.isInteger(limit)) return bad('max_tokens: Input should be a valid integer');
  if ((limit as number) < 0) return bad('max_tokens: Input should be greater than or equal to 0');
  if ((limit as number) <= traits.maxOutputTokens) return null;
  return bad(
    `max_tokens: ${limit} > ${traits.maxOutputTokens}, which is the maximum allowed number of output tokens`,
  );
}

function samplingRefusal(
  body: Record<string, unknown>,
  traits: ClaudeTraits,
  version: string,
): Refused | null {
  for (const name of ['temperature', 'top_p', 'top_k']) {
    const value = body[name];
    if (value === undefined) continue;
    if (version === '2026-10-21') return bad(`${name}: Extra inputs are not permitted`);
    if (traits.refusesSampling && value !== 1) return bad(`\`${name}\` is deprecated for this model.`);
    if (name !== 'top_k' && (typeof value !== 'number' || value < 0 || value > 1))
      return bad(`${name}: range: 0..1`);
  }
  return null;
}

function messagesRefusal(
  messages: unknown,
  model: string,
  traits: ClaudeTraits,
  version: string,
): Refused | null {
  if (!Array.isArray(messages)) return bad('messages: Field required');
  if (messages.length === 0) return bad('messages: at least one message is required');
  let open: string[] = [];
  for (const [at, message] of messages.entries()) {
    const { role, content } = (message ?? {}) as { role?: string; content?: unknown };
    if (role !== 'user' && role !== 'assistant' && !(role === 'system' && at > 0)) {
      return bad(`messages.${at}.role: Input should be 'user' or 'assistant'`);
    }
    if (at === 0 && role !== 'user') return bad('messages: first message must use the "user" role');
    const blocks: Block[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : Array.isArray(content) ? content : [];
    if (blocks.length === 0) return bad(`messages.${at}: all messages must have non-empty content`);
    const refusal = blocksRefusal(blocks, role, at, version);
    if (refusal !== null) return refusal;
    const changed = thoughtsRefusal(blocks, role, at, model, traits);
    if (changed !== null) return bad(changed);
    const answered = blocks.flatMap(({ type, tool_use_id }) =>
      type === 'tool_result' ? [String(tool_use_id)] : [],
    );
    const missing = open.find((id) => !answered.includes(id));
    if (missing !== undefined) {
      return bad(
        `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing}.`,
      );
    }
    const strange = answered.find((id) => !open.includes(id));
    if (strange !== undefined)
      return bad(`messages.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${strange}.`);
    open =
      role === 'assistant' ? blocks.flatMap(({ type, id }) => (type === 'tool_use' ? [String(id)] : [])) : [];
  }
  const last = messages.at(-1) as { role: string };
  if (last.role === 'assistant' && !traits.takesPrefill) {
    return bad(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  return null;
}

const blockTypes = [
  'text',
  'image',
  'document',
  'tool_use',
  'tool_result',
  'thinking',
  'redacted_thinking',
  'search_result',
];
const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

function blocksRefusal(
  blocks: Block[],
  role: string | undefined,
  at: number,
  version: string,
): Refused | null {
  for (const [place, block] of blocks.entries()) {
    const path = `messages.${at}.content.${place}`;
    if (!blockTypes.includes(String(block.type)))
      return bad(
        `${path}.type: Input tag '${block.type}' found using 'type' does not match any of the expected tags`,
      );
    if (block.type === 'text' && (typeof block.text !== 'string' || block.text === '')) {
      return bad('messages: text content blocks must be non-empty');
    }
    if (block.type === 'image') {
      const source = block.source as { type?: string; media_type?: string; data?: string } | undefined;
      if (source?.type === 'base64' && !imageTypes.includes(String(source.media_type))) {
        return bad(
          `${path}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
        );
      }
      if (source === undefined || !['base64', 'url', 'file'].includes(String(source.type)))
        return bad(`${path}.image.source: Field required`);
    }
    if (block.type === 'document') {
      const source = block.source as { type?: string; media_type?: string; data?: unknown } | undefined;
      if (!['base64', 'text', 'url', 'file', 'content'].includes(String(source?.type)))
        return bad(`${path}.document.source: Field required`);
      if (source?.type === 'base64' && source.media_type !== 'application/pdf')
        return bad(`${path}.document.source.base64.media_type: Input should be 'application/pdf'`);
      if (source?.type === 'text' && source.media_type !== 'text/plain')
        return bad(`${path}.document.source.text.media_type: Input should be 'text/plain'`);
    }
    if (version !== '2026-10-21') continue;
    if (block.type === 'document' && role === 'assistant')
      return bad(`${path}: document blocks are not allowed in assistant messages`);
    if (role === 'user' && Array.isArray(block.citations) && block.citations.length > 0)
      return bad(`${path}.citations: not allowed in user messages`);
  }
  return null;
}

function thinkingRefusal(body: Record<string, unknown>, traits: ClaudeTraits): Refused | null {
  const thinking = body.thinking as MessageRequest['thinking'];
  const effort = (body.output_config as MessageRequest['output_config'])?.effort;
  if (effort !== undefined && !['low', 'medium', 'high', 'xhigh', 'max'].includes(effort)) {
    return bad("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
  }
  if (thinking === undefined) return null;
  if (!['adaptive', 'enabled', 'disabled', 'between_tools'].includes(thinking.type))
    return bad('thinking.type: invalid value');
  if (thinking.type === 'disabled' && traits.thinking === 'always')
    return bad('thinking.type: "disabled" is not supported for this model');
  const loop = loopRefusal(body.messages as MessageRequest['messages'], thinking);
  if (loop !== null) return bad(loop);
  if (thinking.type !== 'enabled') return null;
  if (!traits.takesBudget)
    return bad('"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive".');
  const budget = thinking.budget_tokens ?? 0;
  if (budget < 1024)
    return bad('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
  return budget < Number(body.max_tokens ?? Number.POSITIVE_INFINITY)
    ? null
    : bad('`max_tokens` must be greater than `thinking.budget_tokens`.');
}

function toolsRefusal(body: Record<string, unknown>, traits: ClaudeTraits): Refused | null {
  const { tools, tool_choice: choice } = body as { tools?: unknown; tool_choice?: { type?: string } };
  if (tools !== undefined && !Array.isArray(tools)) return bad('tools: Input should be a valid list');
  for (const [at, tool] of ((tools ?? []) as Block[]).entries()) {
    if (typeof tool.name !== 'string' || !/^[a-zA-Z0-9_-]{1,128}$/.test(tool.name)) {
      return bad(`tools.${at}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    if ((tool.type === undefined || tool.type === 'custom') && typeof tool.input_schema !== 'object') {
      return bad(`tools.${at}.custom.input_schema: Field required`);
    }
  }
  if (choice === undefined) return null;
  if (!['auto', 'any', 'tool', 'none'].includes(String(choice.type)))
    return bad('tool_choice: invalid value');
  if (tools === undefined && choice.type !== 'none') return bad('tool_choice: tools are required');
  const isForced = choice.type === 'any' || choice.type === 'tool';
  return isForced && traits.refusesForcedTool
    ? bad('tool_choice: forced tool use is not supported for this model')
    : null;
}

function textOfBlocks(content: string | Block[] | undefined): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((block) => (typeof block.text === 'string' ? block.text : '')).join('\n');
}

/** The last thing a person said. */
export function promptOf({ messages }: MessageRequest): string {
  return textOfBlocks(
    messages.findLast(({ role, content }) => role === 'user' && textOfBlocks(content) !== '')?.content,
  );
}

export function toolAnswerOf({ messages }: MessageRequest): string | undefined {
  const last = messages.at(-1)?.content;
  const result = Array.isArray(last) ? last.find(({ type }) => type === 'tool_result') : undefined;
  return result === undefined ? undefined : textOfBlocks(result.content as string | Block[] | undefined);
}

export function wholePrompt({ system, messages }: MessageRequest): string {
  return [textOfBlocks(system), ...messages.map(({ content }) => textOfBlocks(content))].join('\n');
}

export function countInputTokens(request: MessageRequest): number {
  let tokens = 3 + countTokens(textOfBlocks(request.system));
  for (const { content } of request.messages) {
    tokens += 4 + countTokens(textOfBlocks(content));
    if (typeof content === 'string') continue;
    for (const block of content) {
      if (block.type === 'image') tokens += 1568;
      else if (block.type === 'document') tokens += 1500;
      else if (block.type === 'tool_use' || block.type === 'tool_result')
        tokens += countTokens(JSON.stringify(block));
      else if (block.type === 'thinking') tokens += countTokens(String(block.thinking ?? ''));
    }
  }
  return tokens + (request.tools === undefined ? 0 : countTokens(JSON.stringify(request.tools)));
}

/** Whether anything of the prompt is marked for the cache, and for how long. */
export function cacheMark(request: MessageRequest): '5m' | '1h' | null {
  const text = JSON.stringify([request.cache_control, request.system, request.tools, request.messages]);
  if (!text.includes('"cache_control":{') && request.cache_control === undefined) return null;
  return /"ttl":"1h"/.test(text) ? '1h' : '5m';
}
