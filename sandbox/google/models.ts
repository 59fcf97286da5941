/** Gemini models of November 2026, as Google's model pages list them. */
export interface GeminiTraits {
  kind: 'text' | 'image' | 'speech';
  inputLimit: number;
  outputLimit: number;
  /** Takes `thinkingBudget`; else `thinkingLevel`. */
  takesBudget: boolean;
  /** Demands the signature of a function call back. */
  signsCalls: boolean;
  /** Image tokens by size. */
  imageTokens?: Record<string, number>;
}

const text: GeminiTraits = {
  kind: 'text',
  inputLimit: 1_048_576,
  outputLimit: 65_536,
  takesBudget: false,
  signsCalls: true,
};
const earlier: GeminiTraits = { ...text, takesBudget: true, signsCalls: false };
const image = (imageTokens: Record<string, number>): GeminiTraits => ({
  ...text,
  kind: 'image',
  inputLimit: 65_536,
  outputLimit: 32_768,
  imageTokens,
});
const speech: GeminiTraits = { ...text, kind: 'speech', inputLimit: 8192, outputLimit: 16_384 };

export const geminiModels: Readonly<Record<string, GeminiTraits>> = {
  'gemini-4-argon': text,
  'gemini-3.8-flash': text,
  'gemini-3.6-flash': text,
  'gemini-3.5-flash-lite': text,
  'gemini-3.1-flash-lite': text,
  'gemini-3.1-pro-preview': text,
  'gemini-2.5-pro': earlier,
  'gemini-2.5-flash': earlier,
  'gemini-2.5-flash-lite': earlier,
  'gemini-nano-banana-2.1': image({ '1K': 1120, '2K': 1680, '4K': 2520 }),
  'gemini-3-pro-image': image({ '1K': 1120, '2K': 1120, '4K': 2000 }),
  'gemini-3.1-flash-lite-image': image({ '1K': 1120, '2K': 1680, '4K': 2520 }),
  'gemini-2.5-flash-image': image({ '1K': 1290 }),
  'gemini-3.8-flash-tts': speech,
  'gemini-3.8-flash-lite-tts': speech,
};

export const omniModels: Readonly<Record<string, { most: number }>> = {
  'gemini-omni-1.2-flash': { most: 15 },
  'gemini-omni-1.1-flash': { most: 10 },
};

export function describe(id: string): unknown {
  const traits = geminiModels[id];
  return {
    name: `models/${id}`,
    version: '001',
    displayName: id,
    description: `Simulated ${id}`,
    inputTokenLimit: traits?.inputLimit ?? 32_768,
    outputTokenLimit: traits?.outputLimit ?? 65_536,
    supportedGenerationMethods:
      traits === undefined ? ['createInteraction'] : ['generateContent', 'countTokens'],
  };
}
