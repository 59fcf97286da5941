import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import { takesType } from '#server/generations/file-limits.ts';
import type { ReasoningDetail, TextMessage, TextPart } from '#server/providers/text-params.ts';
import {
  type Fitted,
  fieldOf,
  fitBudget,
  fitHints,
  fitNoThought,
  nearestEffort,
  refuseMedia,
} from './fit.ts';
import type { GeminiContent, GeminiPart, GeminiRequest } from './gemini-schema.ts';
import { ApiError } from './openai-errors.ts';
import { unwrapSealed } from './sealed.ts';

/** A request of `:generateContent` in the common dialect; what no answer depends on may be ignored, and is named. */
export function fromGemini(model: CatalogueModel, asked: GeminiRequest): Fitted {
  const config = asked.generationConfig ?? {};
  if (config.responseModalities?.some((each) => each.toUpperCase() === 'IMAGE'))
    throw bad('generationConfig.responseModalities', `${model.name} answers in words alone: send ["TEXT"].`);
  const thinking = thinkingOf(model, config.thinkingConfig ?? {});
  const hints = fitHints(model, {
    temperature: config.temperature,
    top_p: config.topP,
    top_k: config.topK,
    seed: config.seed,
    presence_penalty: config.presencePenalty,
    frequency_penalty: config.frequencyPenalty,
  });
  const safety = safetyOf(model, asked.safetySettings);
  const params = {
    model: model.id,
    messages: geminiMessages(model, asked),
    max_completion_tokens: config.maxOutputTokens,
    stop: config.stopSequences?.length ? config.stopSequences : undefined,
    response_format: formatOf(config),
    ...toolsOf(asked),
    ...thinking.params,
    ...hints.params,
    ...safety.params,
    mluen: asked.mluen,
  };
  return {
    params: Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)),
    ignored: [...thinking.ignored, ...hints.ignored, ...safety.ignored],
  };
}

type Config = NonNullable<GeminiRequest['generationConfig']>;

function thinkingOf(
  model: CatalogueModel,
  { thinkingLevel: level, thinkingBudget: budget }: NonNullable<Config['thinkingConfig']>,
): Fitted {
  if (level !== undefined && level !== 'thinking_level_unspecified') {
    const effort = nearestEffort(model, level);
    return effort === undefined
      ? { params: {}, ignored: ['thinkingLevel'] }
      : { params: { reasoning_effort: effort }, ignored: [] };
  }
  if (budget === undefined || budget === -1) return { params: {}, ignored: [] };
  return budget === 0 ? fitNoThought(model) : fitBudget(model, budget);
}

/** One threshold for all is what the models that have one take. */
export function safetyOf(model: CatalogueModel, settings: GeminiRequest['safetySettings']): Fitted {
  if (!settings?.length) return { params: {}, ignored: [] };
  const [first] = settings;
  const isOne = settings.every(({ threshold }) => threshold === first!.threshold);
  if (isOne && fieldOf(model, 'safety_threshold') !== undefined)
    return { params: { safety_threshold: first!.threshold }, ignored: [] };
  return { params: {}, ignored: ['safetySettings'] };
}

function formatOf({ responseMimeType, responseJsonSchema, responseSchema }: Config) {
  const schema =
    responseJsonSchema ?? (responseSchema === undefined ? undefined : jsonSchemaOf(responseSchema));
  if (responseMimeType !== 'application/json') return undefined;
  if (schema === undefined) return { type: 'json_object' };
  return { type: 'json_schema', json_schema: { name: 'answer', schema } };
}

function toolsOf({ tools, toolConfig }: GeminiRequest): Record<string, unknown> {
  const declared = tools?.flatMap(({ functionDeclarations }) => functionDeclarations ?? []) ?? [];
  if (declared.length === 0) return {};
  const { mode, allowedFunctionNames: names } = toolConfig?.functionCallingConfig ?? {};
  const named = (name: string) => ({ type: 'function', function: { name } });
  const forced = mode === 'ANY';
  return {
    tools: declared.map(({ name, description, parameters, parametersJsonSchema }) => ({
      type: 'function',
      function: {
        name,
        ...(description === undefined ? {} : { description }),
        ...(parametersJsonSchema === undefined && parameters === undefined
          ? {}
          : { parameters: parametersJsonSchema ?? jsonSchemaOf(parameters!) }),
      },
    })),
    tool_choice:
      mode === 'NONE'
        ? 'none'
        : forced && names?.length === 1
          ? named(names[0]!)
          : forced && names?.length
            ? { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: names.map(named) } }
            : forced
              ? 'required'
              : undefined,
  };
}

/** Google's older schemas write their types in capitals, and what may be null with a word of its own. */
function jsonSchemaOf(schema: Record<string, unknown>): Record<string, unknown> {
  const { nullable, ...rest } = schema;
  const read = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, name === 'enum' ? value : deeper(name, value)]),
  );
  return nullable === true && typeof read.type === 'string' ? { ...read, type: [read.type, 'null'] } : read;
}

function deeper(name: string, value: unknown): unknown {
  if (name === 'type' && typeof value === 'string') return value.toLowerCase();
  if (Array.isArray(value))
    return value.map((each) => (each !== null && typeof each === 'object' ? jsonSchemaOf(each) : each));
  if (value === null || typeof value !== 'object') return value;
  if (name !== 'properties') return jsonSchemaOf(value as Record<string, unknown>);
  return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, jsonSchemaOf(each)]));
}

/** All turns, with the instruction before them. Calls without ids are given some, and their results find them by name. */
export function geminiMessages(
  model: CatalogueModel,
  { systemInstruction, contents }: Pick<GeminiRequest, 'systemInstruction' | 'contents'>,
): TextMessage[] {
  const words = (systemInstruction?.parts ?? []).flatMap(({ text }) => (text ? [text] : []));
  const open: { id: string; name: string }[] = [];
  const messages: TextMessage[] = words.length === 0 ? [] : [{ role: 'system', content: words.join('\n\n') }];
  for (const [at, content] of contents.entries())
    messages.push(
      ...(content.role === 'model'
        ? [modelTurn(model, content, at, open)]
        : userTurn(model, content, at, open)),
    );
  return messages;
}

type Open = { id: string; name: string }[];

function userTurn(model: CatalogueModel, { parts }: GeminiContent, at: number, open: Open): TextMessage[] {
  const results: TextMessage[] = [];
  const rest: TextPart[] = [];
  for (const part of parts) {
    if (part.functionResponse === undefined) {
      rest.push(...partsOf(model, part, at));
      continue;
    }
    const { id, name, response } = part.functionResponse;
    const place = open.findIndex((call) => (id === undefined ? call.name === name : call.id === id));
    if (place === -1) throw bad(`contents.${at}`, `There is no open call of ${name} that this would answer.`);
    const [call] = open.splice(place, 1);
    results.push({ role: 'tool', tool_call_id: call!.id, content: resultOf(response) });
  }
  return rest.length === 0 ? results : [...results, { role: 'user', content: rest }];
}

function resultOf(response: Record<string, unknown>): string {
  const [only, ...more] = Object.keys(response);
  if (more.length === 0 && only === 'output' && typeof response.output === 'string') return response.output;
  if (more.length === 0 && only === 'error') return `Error: ${String(response.error)}`;
  return JSON.stringify(response);
}

function modelTurn(model: CatalogueModel, { parts }: GeminiContent, at: number, open: Open): TextMessage {
  const calls: NonNullable<TextMessage['tool_calls']> = [];
  const details: ReasoningDetail[] = [];
  const content: TextPart[] = [];
  for (const [index, part] of parts.entries()) {
    let callId: string | undefined;
    if (part.functionCall !== undefined) {
      const { name, args } = part.functionCall;
      callId = part.functionCall.id ?? `call_${at}_${index}`;
      open.push({ id: callId, name });
      calls.push({ id: callId, type: 'function', function: { name, arguments: JSON.stringify(args ?? {}) } });
    } else if (part.thought !== true) content.push(...partsOf(model, part, at));
    if (part.thoughtSignature) details.push(...sealedOf(model, part.thoughtSignature, index, callId));
  }
  return {
    role: 'assistant',
    content: content.length === 0 ? null : content,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  };
}

/** A signature of ours says whose it is; one that came from Google directly is believed to be the asked model's. */
function sealedOf(
  { providerId, upstream }: CatalogueModel,
  word: string,
  index: number,
  callId: string | undefined,
): ReasoningDetail[] {
  const own = unwrapSealed(word);
  if (own !== null) return [callId === undefined || own.id === undefined ? own : { ...own, id: callId }];
  if (providerId !== 'google') return [];
  const id = callId === undefined ? {} : { id: callId };
  return [
    { type: 'reasoning.encrypted', format: 'google-gemini-v1', model: upstream, index, data: word, ...id },
  ];
}

const SOUNDS: Record<string, string> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/mp3': 'mp3',
  'audio/mpeg': 'mp3',
};

function partsOf(model: CatalogueModel, { text, inlineData }: GeminiPart, at: number): TextPart[] {
  if (inlineData === undefined) return text ? [{ type: 'text', text }] : [];
  const { mimeType, data, displayName } = inlineData;
  const place = `contents.${at}`;
  if (mimeType.startsWith('text/') && !takesType(model, mimeType))
    return [{ type: 'text', text: Buffer.from(data, 'base64').toString('utf8') }];
  refuseMedia(model, mimeType, place);
  if (mimeType.startsWith('image/'))
    return [{ type: 'image_url', image_url: { url: `data:${mimeType};base64,${data}` } }];
  const format = SOUNDS[mimeType];
  if (format !== undefined) return [{ type: 'input_audio', input_audio: { data, format } }];
  const file = {
    filename: displayName?.slice(0, 255) ?? 'file',
    file_data: `data:${mimeType};base64,${data}`,
  };
  return [{ type: 'file', file }];
}

function bad(param: string, text: string): ApiError {
  return new ApiError(400, 'invalid_request_error', 'invalid_value', `${param}: ${text}`, { param });
}
