import {
  allowedTools,
  argumentsOf,
  dataUrl,
  forcedTool,
  instructionsOf,
  isInstruction,
  partsOf,
  stopsOf,
  wordsOf,
} from '../dialect.ts';
import { defined } from '../input-files.ts';
import type { Call } from '../provider.ts';
import type { TextMessage, TextParams, TextPart } from '../text-params.ts';
import { safetySettings } from './safety.ts';
import { signatureOfText, signaturesOfCalls } from './signatures.ts';

type Part = Record<string, unknown>;
interface Turn {
  role: 'user' | 'model';
  parts: Part[];
}

/** Gemini 3 wants the signature of the calls of the turn back; this word stands for calls whose signature is not known. */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/** A call in the common dialect as a body of `:streamGenerateContent`. */
export function contentBody(call: Call): Record<string, unknown> {
  const params = call.params as TextParams;
  const system = instructionsOf(params.messages);
  return {
    contents: turnsOf(params.messages, call.upstreamModel),
    ...(system === '' ? {} : { systemInstruction: { parts: [{ text: system }] } }),
    ...toolsOf(params),
    ...safetySettings(params.safety_threshold),
    // Nothing is logged for the operator to read.
    store: false,
    generationConfig: generationConfig(call.upstreamModel, params),
  };
}

function generationConfig(model: string, params: TextParams): Record<string, unknown> {
  const { response_format: format, reasoning_effort: effort, media_resolution } = params;
  const config: Record<string, unknown> = {
    maxOutputTokens: params.max_completion_tokens,
    temperature: params.temperature,
    topP: params.top_p,
    topK: params.top_k,
    seed: params.seed,
    presencePenalty: params.presence_penalty,
    frequencyPenalty: params.frequency_penalty,
    stopSequences: stopsOf(params.stop),
    thinkingConfig: thinkingConfig(model, effort),
    mediaResolution:
      typeof media_resolution === 'string' ? `MEDIA_RESOLUTION_${media_resolution.toUpperCase()}` : undefined,
    responseMimeType: format === undefined || format.type === 'text' ? undefined : 'application/json',
    responseJsonSchema: format?.json_schema?.schema,
  };
  return defined(config);
}

/** Thoughts are shown wherever the model has them. The 2.5 family counts a budget, later ones have levels. */
function thinkingConfig(model: string, effort: string | undefined): Record<string, unknown> {
  if (/gemini-2\.5/.test(model)) {
    const budgets: Record<string, number> = { none: 0, minimal: 512, low: 2048, medium: 8192, high: 24_576 };
    const budget = budgets[effort ?? ''];
    return { includeThoughts: true, ...(budget === undefined ? {} : { thinkingBudget: budget }) };
  }
  const levels: Record<string, string> = { none: 'minimal', xhigh: 'high', max: 'high' };
  return {
    includeThoughts: true,
    ...(effort === undefined ? {} : { thinkingLevel: levels[effort] ?? effort }),
  };
}

function toolsOf({ tools, tool_choice: choice }: TextParams): Record<string, unknown> {
  const allowed = allowedTools(choice);
  const usable = tools?.filter(({ function: { name } }) => allowed?.names.includes(name) ?? true) ?? [];
  if (usable.length === 0) return {};
  const name = forcedTool(choice);
  const must = name !== undefined || choice === 'required' || allowed?.mode === 'required';
  const mode = must ? 'ANY' : choice === 'none' ? 'NONE' : undefined;
  const functionDeclarations = usable.map(({ function: { name: called, description, parameters } }) =>
    defined({ name: called, description, parametersJsonSchema: parameters }),
  );
  const names = name === undefined ? undefined : [name];
  return {
    tools: [{ functionDeclarations }],
    ...(mode === undefined
      ? {}
      : { toolConfig: { functionCallingConfig: defined({ mode, allowedFunctionNames: names }) } }),
  };
}

/** Turns alternate and begin with the user; results of tools stand together in the turn after their calls. */
function turnsOf(messages: TextMessage[], model: string): Turn[] {
  const turns: Turn[] = [];
  const names = new Map<string, string>();
  const add = (role: Turn['role'], parts: Part[]) => {
    const last = turns.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else if (parts.length > 0) turns.push({ role, parts });
  };
  for (const message of messages) {
    if (isInstruction(message)) continue;
    for (const { id, function: called } of message.tool_calls ?? []) names.set(id, called.name);
    if (message.role === 'assistant') add('model', answerParts(message, model));
    else if (message.role === 'tool') add('user', [resultOf(message, names)]);
    else add('user', partsOf(message).flatMap(partsFor));
  }
  if (turns[0]?.role !== 'user') turns.unshift({ role: 'user', parts: [{ text: 'Continue.' }] });
  return turns;
}

/** What the model said, with its signatures where they stood. */
function answerParts(message: TextMessage, model: string): Part[] {
  const said = partsOf(message).flatMap(partsFor);
  const signature = signatureOfText(message, model);
  const last = said.findLastIndex((part) => 'text' in part);
  const signed =
    signature === undefined || last === -1
      ? said
      : said.with(last, { ...said[last], thoughtSignature: signature });
  return [...signed, ...callsOf(message, model)];
}

function callsOf(message: TextMessage, model: string): Part[] {
  const { tool_calls = [] } = message;
  const signatures = signaturesOfCalls(message, model);
  return tool_calls.map(({ id, function: called }, at) => {
    // Of parallel calls the first alone carries one.
    const signature = signatures.get(id) ?? (at === 0 ? NO_SIGNATURE : undefined);
    return {
      functionCall: { name: called.name, args: argumentsOf(called.arguments) },
      ...(signature === undefined ? {} : { thoughtSignature: signature }),
    };
  });
}

function resultOf(message: TextMessage, names: Map<string, string>): Part {
  const words = wordsOf(message);
  const value = argumentsOf(words);
  const response = '_raw' in value || 'value' in value || words.trim() === '' ? { output: words } : value;
  return { functionResponse: { name: names.get(message.tool_call_id ?? '') ?? 'tool', response } };
}

function partsFor(part: TextPart): Part[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'image_url':
      return inline(part.image_url.url).map((image) => ({ ...image, ...detailOf(part.image_url.detail) }));
    case 'file':
      return inline(part.file.file_data ?? '');
    case 'input_audio':
      return [{ inlineData: { mimeType: `audio/${part.input_audio.format}`, data: part.input_audio.data } }];
    default:
      return []; // a refusal of an earlier turn is better left out
  }
}

/** How closely one picture is looked at, whatever the call says for all. */
function detailOf(detail: string | undefined): Part {
  const levels: Record<string, string> = { low: 'LOW', high: 'HIGH', original: 'ULTRA_HIGH' };
  const level = levels[detail ?? ''];
  return level === undefined ? {} : { mediaResolution: { level: `MEDIA_RESOLUTION_${level}` } };
}

function inline(url: string): Part[] {
  const found = dataUrl(url);
  if (found !== null) return [{ inlineData: { mimeType: found.mediaType, data: found.data } }];
  return url.startsWith('https:') ? [{ fileData: { fileUri: url } }] : [];
}
