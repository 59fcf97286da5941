import { z } from 'zod';

/** What `:generateContent` takes: Google's v1beta, in camel case or snake case, without what runs at Google itself. */

const camel = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** One level alone: names inside a schema, or inside arguments, are the caller's. */
function camelKeys(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [camel(name), each]));
}

function message<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.preprocess(camelKeys, z.strictObject(shape));
}

const AnyObject = z.record(z.string(), z.unknown());

const Part = message({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  thoughtSignature: z.string().optional(),
  inlineData: message({
    mimeType: z.string(),
    data: z.string().min(1),
    displayName: z.string().optional(),
  }).optional(),
  functionCall: message({
    id: z.string().optional(),
    name: z.string().min(1),
    args: AnyObject.optional(),
  }).optional(),
  functionResponse: message({
    id: z.string().optional(),
    name: z.string().min(1),
    response: AnyObject,
  }).optional(),
  mediaResolution: z.unknown().optional(),
});
export type GeminiPart = z.output<typeof Part>;

const Content = message({
  role: z.enum(['user', 'model', 'function', 'system']).optional(),
  parts: z.array(Part),
});
export type GeminiContent = z.output<typeof Content>;

const Tool = message({
  functionDeclarations: z
    .array(
      message({
        name: z.string().min(1),
        description: z.string().optional(),
        parameters: AnyObject.optional(),
        parametersJsonSchema: AnyObject.optional(),
        behavior: z.literal('BLOCKING').optional(),
      }),
    )
    .optional(),
});

const GenerationConfig = message({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  topK: z.number().min(1).optional(),
  maxOutputTokens: z.int().min(1).optional(),
  candidateCount: z.literal(1).optional(),
  stopSequences: z.array(z.string().min(1)).optional(),
  seed: z.int().optional(),
  presencePenalty: z.number().optional(),
  frequencyPenalty: z.number().optional(),
  responseMimeType: z.enum(['text/plain', 'application/json']).optional(),
  responseSchema: AnyObject.optional(),
  responseJsonSchema: AnyObject.optional(),
  responseModalities: z.array(z.enum(['TEXT', 'IMAGE', 'Text', 'Image'])).optional(),
  thinkingConfig: message({
    thinkingLevel: z
      .string()
      .toLowerCase()
      .pipe(z.enum(['minimal', 'low', 'medium', 'high', 'thinking_level_unspecified']))
      .optional(),
    thinkingBudget: z.int().min(-1).optional(),
    includeThoughts: z.boolean().optional(),
  }).optional(),
  imageConfig: message({ aspectRatio: z.string().optional(), imageSize: z.string().optional() }).optional(),
  mediaResolution: z.string().optional(),
  responseLogprobs: z.literal(false).optional(),
});

const asked = {
  contents: z.preprocess(
    (value) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? [value] : value),
    z.array(Content).min(1),
  ),
  systemInstruction: Content.optional(),
  tools: z.array(Tool).optional(),
  toolConfig: message({
    functionCallingConfig: message({
      mode: z.enum(['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED']).optional(),
      allowedFunctionNames: z.array(z.string()).optional(),
    }).optional(),
  }).optional(),
  safetySettings: z
    .array(message({ category: z.string(), threshold: z.string(), method: z.string().optional() }))
    .optional(),
  generationConfig: GenerationConfig.optional(),
  labels: z.record(z.string(), z.string()).optional(),
  serviceTier: z.enum(['standard', 'SERVICE_TIER_UNSPECIFIED']).optional(),
  store: z.literal(false).optional(),
  model: z.string().optional(),
  /** Ours, as in `/v1/chat/completions`. */
  mluen: z.unknown().optional(),
};

export const GeminiRequest = message(asked);
export type GeminiRequest = z.output<typeof GeminiRequest>;

export const GeminiCountRequest = message({
  ...asked,
  contents: asked.contents.optional(),
  generateContentRequest: GeminiRequest.optional(),
});
