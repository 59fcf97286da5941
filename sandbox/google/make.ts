import type { Fault } from '../kit/faults.ts';
import { draw } from '../kit/picture.ts';
import { seal } from '../kit/seal.ts';
import { melodyFor, pcmOf, secondsToSay } from '../kit/sound.ts';
import { countTokens } from '../kit/tokens.ts';
import { answerTurn } from '../kit/turn.ts';
import { type ContentRequest, type Modality, promptOf, textOf } from './content-request.ts';
import type { GeminiTraits } from './models.ts';
import type { Part } from './part.ts';

/** An answer in the steps of a stream; `tokens` are those that a step adds. */
export interface Made {
  steps: { part: Part; modality: Modality; tokens: number }[];
  thoughtTokens: number;
  finish: string;
  /** The prompt was refused: there is no candidate. */
  blockReason?: string;
}

const thinkingByLevel: Record<string, number> = { minimal: 0, low: 24, medium: 64, high: 160 };
const AUDIO_TOKENS_PER_SECOND = 25;
const RATE = 24_000;
const SECONDS_PER_STEP = 1;
const THOUGHT = 'The question has a plain core. First what is asked, then what is known.';

export function make(
  request: ContentRequest,
  model: string,
  traits: GeminiTraits,
  fault: Readonly<Fault>,
): Promise<Made> | Made {
  if (fault.refuse)
    return {
      steps: [],
      thoughtTokens: 0,
      finish: '',
      blockReason: traits.kind === 'image' ? 'IMAGE_SAFETY' : 'PROHIBITED_CONTENT',
    };
  switch (traits.kind) {
    case 'text':
      return makeText(request, model, traits, fault);
    case 'image':
      return makeImage(request, model, traits, fault);
    case 'speech':
      return makeSpeech(request, fault);
    default:
      return traits.kind satisfies never;
  }
}

function makeText(
  request: ContentRequest,
  model: string,
  traits: GeminiTraits,
  fault: Readonly<Fault>,
): Made {
  const { generationConfig = {}, toolConfig, tools } = request;
  const { thinkingConfig } = generationConfig;
  const calling = toolConfig?.functionCallingConfig;
  const declared = (tools ?? []).flatMap(({ functionDeclarations }) => functionDeclarations ?? []);
  const allowed = calling?.allowedFunctionNames;
  const usable = declared.filter(({ name }) => allowed === undefined || allowed.includes(name));
  const response = request.contents
    .at(-1)
    ?.parts.find(({ functionResponse }) => functionResponse !== undefined)?.functionResponse;
  const wantsJson = generationConfig.responseMimeType === 'application/json';
  const answer = answerTurn({
    prompt: promptOf(request),
    limit: generationConfig.maxOutputTokens ?? traits.outputLimit,
    thinkingTokens: thinkingTokens(thinkingConfig, traits),
    fault,
    tools: usable.map(({ name, parameters, parametersJsonSchema }) => ({
      name,
      schema: parametersJsonSchema ?? parameters,
    })),
    toolChoice: calling?.mode === 'ANY' ? 'any' : calling?.mode === 'NONE' ? 'none' : 'auto',
    ...(response !== undefined && { toolAnswer: JSON.stringify(response.response) }),
    schema: wantsJson
      ? (generationConfig.responseJsonSchema ??
        generationConfig.responseSchema ?? { type: 'object', properties: { answer: { type: 'string' } } })
      : undefined,
    stops: generationConfig.stopSequences,
  });
  const steps: Made['steps'] = [];
  if (thinkingConfig?.includeThoughts && answer.thinkingTokens > 0)
    steps.push({ part: { text: THOUGHT, thought: true }, modality: 'TEXT', tokens: 0 });
  for (const { text, tokens } of answer.pieces) steps.push({ part: { text }, modality: 'TEXT', tokens });
  // Of parallel calls the first alone is signed.
  for (const [at, { id, name, input }] of answer.toolCalls.entries()) {
    const tokens = countTokens(JSON.stringify(input)) + 8;
    steps.push({
      part: {
        functionCall: { id, name, args: input },
        ...(traits.signsCalls && at === 0 && { thoughtSignature: seal(model, name) }),
      },
      modality: 'TEXT',
      tokens,
    });
  }
  // The last chunk of a thinking model may hold no text, only the signature.
  if (traits.signsCalls && answer.toolCalls.length === 0)
    steps.push({ part: { text: '', thoughtSignature: seal(model, '') }, modality: 'TEXT', tokens: 0 });
  const finish = { length: 'MAX_TOKENS', filtered: 'SAFETY' }[answer.finish as 'length'] ?? 'STOP';
  return { steps, thoughtTokens: answer.thinkingTokens, finish };
}

function thinkingTokens(
  config: { thinkingLevel?: string; thinkingBudget?: number } | undefined,
  traits: GeminiTraits,
): number {
  if (config?.thinkingBudget !== undefined && traits.takesBudget) return config.thinkingBudget === 0 ? 0 : 64;
  return thinkingByLevel[config?.thinkingLevel?.toLowerCase() ?? 'medium'] ?? 64;
}

const sides: Record<string, number> = { '1K': 1024, '2K': 2048, '4K': 4096 };

async function makeImage(
  request: ContentRequest,
  model: string,
  traits: GeminiTraits,
  fault: Readonly<Fault>,
): Promise<Made> {
  if (fault.moderated) return { steps: [], thoughtTokens: 0, finish: 'IMAGE_SAFETY' };
  const { imageConfig, responseModalities = ['TEXT', 'IMAGE'] } = request.generationConfig ?? {};
  const size = imageConfig?.imageSize ?? '1K';
  const [across = 1, down = 1] = (imageConfig?.aspectRatio ?? '1:1').split(':').map(Number);
  const side = sides[size] ?? 1024;
  const even = (length: number) => Math.round(length / 16) * 16;
  const prompt = promptOf(request);
  const picture = await draw({
    prompt,
    width: even(side * Math.sqrt(across / down)),
    height: even(side * Math.sqrt(down / across)),
    format: 'png',
    caption: model,
  });
  const steps: Made['steps'] = [];
  if (responseModalities.includes('TEXT')) {
    const text = 'Here is the picture.';
    steps.push({ part: { text }, modality: 'TEXT', tokens: countTokens(text) });
  }
  const part: Part = { inlineData: { mimeType: 'image/png', data: picture.toString('base64') } };
  steps.push({ part, modality: 'IMAGE', tokens: traits.imageTokens?.[size] ?? 1120 });
  return { steps, thoughtTokens: 0, finish: 'STOP' };
}

function makeSpeech(request: ContentRequest, fault: Readonly<Fault>): Made {
  if (fault.moderated) return { steps: [], thoughtTokens: 0, finish: 'PROHIBITED_CONTENT' };
  const text = textOf(request.contents.at(-1));
  const seconds = secondsToSay(text);
  const pcm = pcmOf(melodyFor(text, seconds), RATE);
  const bytesPerStep = RATE * 2 * SECONDS_PER_STEP;
  const steps: Made['steps'] = [];
  for (let at = 0; at < pcm.length; at += bytesPerStep) {
    const data = pcm.subarray(at, at + bytesPerStep);
    const tokens = Math.ceil((data.length / (RATE * 2)) * AUDIO_TOKENS_PER_SECOND);
    steps.push({
      part: { inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: data.toString('base64') } },
      modality: 'AUDIO',
      tokens,
    });
  }
  return { steps, thoughtTokens: 0, finish: 'STOP' };
}
