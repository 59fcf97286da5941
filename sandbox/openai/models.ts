/** What the simulator knows of each model; read from OpenAI's model pages of November 2026. */
export interface Traits {
  /** Reasons before it answers, and so refuses the sampling fields. */
  reasons: boolean;
  efforts: readonly string[];
  contextTokens: number;
  maxOutputTokens: number;
  /** Bills the writing of its cache. */
  writesCache: boolean;
  /** Refuses function tools on chat completions unless `reasoning_effort` is `none`. */
  toolsNeedNoEffort: 'never' | 'when_asked' | 'always';
  shutdownDate?: string;
}

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const current: Traits = {
  reasons: true,
  efforts: efforts.filter((effort) => effort !== 'minimal'),
  contextTokens: 1_050_000,
  maxOutputTokens: 128_000,
  writesCache: true,
  toolsNeedNoEffort: 'always',
};
const earlier: Traits = { ...current, efforts, writesCache: false, toolsNeedNoEffort: 'when_asked' };
const gpt5: Traits = {
  ...earlier,
  contextTokens: 400_000,
  toolsNeedNoEffort: 'never',
  shutdownDate: '2026-12-11',
};
const plain: Traits = {
  reasons: false,
  efforts: [],
  contextTokens: 128_000,
  maxOutputTokens: 16_384,
  writesCache: false,
  toolsNeedNoEffort: 'never',
  shutdownDate: '2027-01-14',
};

export const textModels: Readonly<Record<string, Traits>> = {
  'gpt-6-astra': current,
  'gpt-6.1-sol': current,
  'gpt-6.1-terra': current,
  'gpt-6-sol': current,
  'gpt-6-luna': current,
  'gpt-5.6-sol': current,
  'gpt-5.6-terra': current,
  'gpt-5.6-luna': current,
  'gpt-5.5': { ...earlier, contextTokens: 1_000_000 },
  'gpt-5.4': earlier,
  'gpt-5.4-mini': { ...earlier, contextTokens: 400_000 },
  'gpt-5.4-nano': { ...earlier, contextTokens: 400_000, shutdownDate: '2027-04-01' },
  'gpt-5.1': { ...gpt5, shutdownDate: '2027-04-01' },
  'gpt-5': gpt5,
  'gpt-5-mini': gpt5,
  'gpt-5-nano': gpt5,
  'gpt-4.1': { ...plain, contextTokens: 1_047_576, maxOutputTokens: 32_768 },
  'gpt-4.1-mini': { ...plain, contextTokens: 1_047_576, maxOutputTokens: 32_768 },
  'gpt-4o': plain,
  'gpt-4o-mini': plain,
};

export const imageModels = [
  'gpt-image-2.6-sunburst',
  'gpt-image-2.6-flare',
  'gpt-image-2.5-sunburst',
  'gpt-image-2.5-flare',
  'gpt-image-2.5-sunburst-2026-09-08',
  'gpt-image-2.5-flare-2026-09-08',
  'gpt-image-2',
  'gpt-image-2-2026-04-21',
  'gpt-image-1.5',
  'gpt-image-1-mini',
  'chatgpt-image-latest',
];
export const speechModels = ['gpt-4o-mini-tts', 'tts-1', 'tts-1-hd'];
export const transcriptionModels = [
  'gpt-transcribe',
  'gpt-4o-transcribe',
  'gpt-4o-mini-transcribe',
  'gpt-4o-transcribe-diarize',
  'whisper-1',
];

export function listModels(): unknown {
  const ids = [...Object.keys(textModels), ...imageModels, ...speechModels, ...transcriptionModels];
  const data = ids.map((id) => ({
    id,
    object: 'model',
    created: 1_790_000_000,
    owned_by: 'system',
    shutdown_date: textModels[id]?.shutdownDate ?? null,
  }));
  return { object: 'list', data };
}
