import { countTokens } from '../kit/tokens.ts';
import type { GeminiTraits } from './models.ts';
import type { Part } from './part.ts';
import { signaturesRefusal } from './signatures.ts';

export interface ContentRequest {
  contents: { role?: string; parts: Part[] }[];
  systemInstruction?: { parts: Part[] };
  tools?: {
    functionDeclarations?: { name: string; parameters?: unknown; parametersJsonSchema?: unknown }[];
  }[];
  toolConfig?: { functionCallingConfig?: { mode?: string; allowedFunctionNames?: string[] } };
  cachedContent?: string;
  safetySettings?: { category?: string; threshold?: string }[];
  generationConfig?: {
    maxOutputTokens?: number;
    stopSequences?: string[];
    responseMimeType?: string;
    responseJsonSchema?: unknown;
    responseSchema?: unknown;
    responseModalities?: string[];
    thinkingConfig?: { thinkingLevel?: string; thinkingBudget?: number; includeThoughts?: boolean };
    imageConfig?: { aspectRatio?: string; imageSize?: string };
    speechConfig?: {
      voiceConfig?: { prebuiltVoiceConfig?: { voiceName?: string } };
      multiSpeakerVoiceConfig?: {
        speakerVoiceConfigs?: {
          speaker?: string;
          voiceConfig?: { prebuiltVoiceConfig?: { voiceName?: string } };
        }[];
      };
      languageCode?: string;
    };
    [other: string]: unknown;
  };
}

/** What a body may hold. */
export const contentFields: readonly string[] =
  'contents systemInstruction tools toolConfig safetySettings cachedContent serviceTier labels store continuationToken generationConfig model'.split(
    ' ',
  );
/** What its `generationConfig` may hold. */
export const configFields: readonly string[] =
  `temperature topP topK maxOutputTokens candidateCount stopSequences seed presencePenalty frequencyPenalty
  responseLogprobs logprobs responseMimeType responseJsonSchema responseSchema responseModalities thinkingConfig imageConfig
  speechConfig mediaResolution enableEnhancedCivicAnswers routingConfig audioTimestamp streamFunctionCallArguments
  automaticContinuation enableAffectiveDialog`.split(/\s+/);
const parts =
  `text inlineData fileData functionCall functionResponse executableCode codeExecutionResult thought
  thoughtSignature videoMetadata speechMetadata mediaResolution partMetadata`.split(/\s+/);
const levels = ['minimal', 'low', 'medium', 'high'];
const ratios = '1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9 1:4 4:1 1:8 8:1'.split(' ');
const voices =
  `Zephyr Puck Charon Kore Fenrir Leda Orus Aoede Callirrhoe Autonoe Enceladus Iapetus Umbriel Algieba Despina
  Erinome Algenib Rasalgethi Laomedeia Achernar Alnilam Schedar Gacrux Pulcherrima Achird Zubenelgenubi Vindemiatrix
  Sadachbia Sadaltager Sulafat`.split(/\s+/);

const camel = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function camelKeys(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camel(name), inner]));
}

/** The request with names in camel case, or the sentence with which Google refuses it. */
export function readContent(body: unknown, model: string, traits: GeminiTraits): ContentRequest | string {
  const request = camelKeys(body);
  const strange = Object.keys(request).find((name) => !contentFields.includes(name));
  if (strange !== undefined) return unknownName(strange, '');
  if (!Array.isArray(request.contents) || request.contents.length === 0)
    return '* GenerateContentRequest.contents: contents is not specified';
  const generationConfig = camelKeys(request.generationConfig);
  const strangeSetting = Object.keys(generationConfig).find((name) => !configFields.includes(name));
  if (strangeSetting !== undefined) return unknownName(strangeSetting, 'generation_config');
  const contents: ContentRequest['contents'] = [];
  for (const [at, content] of request.contents.entries()) {
    const { role = 'user', parts: given } = camelKeys(content) as { role?: string; parts?: unknown };
    if (role !== 'user' && role !== 'model') return 'Please use a valid role: user, model.';
    if (!Array.isArray(given) || given.length === 0)
      return `* GenerateContentRequest.contents[${at}].parts: contents.parts must not be empty.`;
    const read = given.map((part) => camelKeys(part));
    const wrong = read.flatMap((part) => Object.keys(part)).find((name) => !parts.includes(name));
    if (wrong !== undefined) return unknownName(wrong, `contents[${at}].parts[0]`);
    contents.push({
      role,
      parts: read.map((part) => ({
        ...part,
        ...(part.inlineData !== undefined && { inlineData: camelKeys(part.inlineData) }),
      })) as Part[],
    });
  }
  const made = { ...request, contents, generationConfig } as ContentRequest;
  return (
    settingsRefusal(made, traits) ??
    safetyRefusal(made) ??
    speakersRefusal(made) ??
    turnsRefusal(made) ??
    (traits.signsCalls ? signaturesRefusal(made, model) : null) ??
    made
  );
}

const unknownName = (name: string, at: string) =>
  `Invalid JSON payload received. Unknown name "${name}"${at === '' ? '' : ` at '${at}'`}: Cannot find field.`;

function settingsRefusal({ generationConfig = {} }: ContentRequest, traits: GeminiTraits): string | null {
  const {
    thinkingConfig,
    maxOutputTokens,
    temperature,
    imageConfig,
    speechConfig,
    responseSchema,
    responseJsonSchema,
  } = generationConfig;
  if (maxOutputTokens !== undefined && (!Number.isInteger(maxOutputTokens) || maxOutputTokens < 1))
    return 'max_output_tokens must be positive.';
  if (temperature !== undefined && (typeof temperature !== 'number' || temperature < 0 || temperature > 2)) {
    return `* GenerateContentRequest.generation_config.temperature: must be in the range [0.0, 2.0], got ${temperature}`;
  }
  if (thinkingConfig?.thinkingBudget !== undefined && !traits.takesBudget) {
    return 'Thinking budget is not supported for this model. Use thinking level instead.';
  }
  if (thinkingConfig?.thinkingLevel !== undefined) {
    if (traits.takesBudget) return 'Thinking level is not supported for this model.';
    if (!levels.includes(thinkingConfig.thinkingLevel.toLowerCase()))
      return `Invalid value at 'generation_config.thinking_config.thinking_level': ${thinkingConfig.thinkingLevel}`;
  }
  if (responseSchema !== undefined && responseJsonSchema !== undefined)
    return 'Only one of response_schema and response_json_schema can be set.';
  if (
    (responseSchema ?? responseJsonSchema) !== undefined &&
    generationConfig.responseMimeType !== 'application/json'
  ) {
    return 'Response schema requires response_mime_type application/json.';
  }
  if ((generationConfig.stopSequences?.length ?? 0) > 5)
    return 'The number of stop sequences must be at most 5.';
  if (imageConfig?.aspectRatio !== undefined && !ratios.includes(imageConfig.aspectRatio))
    return `Invalid aspect ratio: ${imageConfig.aspectRatio}`;
  if (imageConfig?.imageSize !== undefined && traits.imageTokens?.[imageConfig.imageSize] === undefined)
    return `Invalid image size: ${imageConfig.imageSize}`;
  const voice = speechConfig?.voiceConfig?.prebuiltVoiceConfig?.voiceName;
  if (voice !== undefined && !voices.some((known) => known.toLowerCase() === voice.toLowerCase()))
    return `Voice name ${voice} is not supported.`;
  if (traits.kind === 'speech' && !generationConfig.responseModalities?.includes('AUDIO'))
    return 'This model only supports AUDIO response modality.';
  return null;
}

const thresholds =
  'HARM_BLOCK_THRESHOLD_UNSPECIFIED BLOCK_LOW_AND_ABOVE BLOCK_MEDIUM_AND_ABOVE BLOCK_ONLY_HIGH BLOCK_NONE OFF'.split(
    ' ',
  );
const categories =
  `HARM_CATEGORY_HARASSMENT HARM_CATEGORY_HATE_SPEECH HARM_CATEGORY_SEXUALLY_EXPLICIT HARM_CATEGORY_DANGEROUS_CONTENT
  HARM_CATEGORY_CIVIC_INTEGRITY`.split(/\s+/);

function safetyRefusal({ safetySettings = [], contents }: ContentRequest): string | null {
  for (const { category, threshold } of safetySettings) {
    if (!categories.includes(String(category)))
      return `* GenerateContentRequest.safety_settings[0]: element predicate failed: ${category} is not supported`;
    if (!thresholds.includes(String(threshold)))
      return `Invalid value at 'safety_settings[0].threshold': "${threshold}"`;
  }
  const levels = contents.flatMap(({ parts }) => parts.map(({ mediaResolution }) => mediaResolution?.level));
  const wrong = levels.find(
    (level) => level !== undefined && !/^MEDIA_RESOLUTION_(LOW|MEDIUM|HIGH|ULTRA_HIGH)$/.test(level),
  );
  return wrong === undefined
    ? null
    : `Invalid value at 'contents[0].parts[0].media_resolution.level': "${wrong}"`;
}

/** A dialogue has two speakers, each with a voice, and no words of anybody else. */
function speakersRefusal({ generationConfig, contents }: ContentRequest): string | null {
  const speech = generationConfig?.speechConfig;
  const named = contents.flatMap(({ parts }) =>
    parts.flatMap(({ speechMetadata }) => speechMetadata?.speaker ?? []),
  );
  const configs = speech?.multiSpeakerVoiceConfig?.speakerVoiceConfigs;
  if (configs === undefined) {
    return named.length === 0 ? null : `Speaker ${named[0]} is not configured.`;
  }
  if (speech?.voiceConfig !== undefined)
    return 'Only one of voice_config and multi_speaker_voice_config can be set.';
  if (configs.length !== 2) return 'multi_speaker_voice_config must have exactly 2 speaker_voice_configs.';
  for (const { speaker, voiceConfig } of configs) {
    const voice = voiceConfig?.prebuiltVoiceConfig?.voiceName;
    if (typeof speaker !== 'string' || speaker === '') return 'speaker_voice_configs.speaker must be set.';
    if (!voices.some((known) => known.toLowerCase() === voice?.toLowerCase()))
      return `Voice name ${voice} is not supported.`;
  }
  const unknown = named.find((speaker) => !configs.some((config) => config.speaker === speaker));
  return unknown === undefined ? null : `Speaker ${unknown} is not configured.`;
}

function turnsRefusal({ contents }: ContentRequest): string | null {
  if (contents[0]?.role !== 'user') return 'Please ensure that multiturn requests start with a user turn.';
  const last = contents.at(-1);
  const asked = last?.parts.some(({ functionResponse }) => functionResponse !== undefined);
  if (!asked) return null;
  const calls = contents.at(-2)?.parts.filter(({ functionCall }) => functionCall !== undefined) ?? [];
  const responses = last?.parts.filter(({ functionResponse }) => functionResponse !== undefined) ?? [];
  if (calls.length !== responses.length) {
    return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.';
  }
  if (responses.some(({ functionResponse }) => typeof functionResponse?.response !== 'object'))
    return 'function_response.response must be an object.';
  return null;
}

export function textOf(content: { parts: Part[] } | undefined): string {
  return (content?.parts ?? []).map(({ text, thought }) => (thought ? '' : (text ?? ''))).join('\n');
}

/** The last thing a person said. */
export function promptOf({ contents }: ContentRequest): string {
  return textOf(contents.findLast((content) => content.role === 'user' && textOf(content).trim() !== ''));
}

export type Modality = 'TEXT' | 'IMAGE' | 'AUDIO' | 'VIDEO' | 'DOCUMENT';

const inlineTokens: Record<string, [Modality, number]> = {
  image: ['IMAGE', 258],
  audio: ['AUDIO', 320],
  video: ['VIDEO', 2580],
  application: ['DOCUMENT', 258],
};

/** Tokens of the prompt by what they are. */
export function countPrompt(request: ContentRequest): Map<Modality, number> {
  const counts = new Map<Modality, number>([['TEXT', countTokens(textOf(request.systemInstruction))]]);
  const add = (modality: Modality, tokens: number) =>
    counts.set(modality, (counts.get(modality) ?? 0) + tokens);
  for (const content of request.contents) {
    add('TEXT', countTokens(textOf(content)) + 1);
    for (const part of content.parts) {
      const mime = part.inlineData?.mimeType ?? part.fileData?.mimeType;
      if (mime !== undefined || part.fileData !== undefined)
        add(...(inlineTokens[mime?.split('/')[0] ?? 'application'] ?? ['DOCUMENT', 258]));
      if (part.functionCall || part.functionResponse)
        add('TEXT', countTokens(JSON.stringify(part.functionCall ?? part.functionResponse)));
    }
  }
  if (request.tools !== undefined) add('TEXT', countTokens(JSON.stringify(request.tools)));
  return counts;
}
