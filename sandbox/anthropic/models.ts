/** Claude models of November 2026, as Anthropic's model pages list them. */
export interface ClaudeTraits {
  name: string;
  maxInputTokens: number;
  maxOutputTokens: number;
  /** `always`: cannot be switched off. */
  thinking: 'always' | 'on' | 'off';
  /** Takes `{type: "enabled", budget_tokens}`. */
  takesBudget: boolean;
  /** Refuses any sampling field, whatever its value. */
  refusesSampling: boolean;
  /** Refuses `tool_choice` of `any` and `tool`. */
  refusesForcedTool: boolean;
  takesPrefill: boolean;
  /** Refuses thoughts of another model. */
  bindsThoughts: boolean;
  defaultEffort: 'high' | 'medium';
  leastCachedTokens: number;
}

const latest: ClaudeTraits = {
  name: '',
  maxInputTokens: 1_000_000,
  maxOutputTokens: 128_000,
  thinking: 'on',
  takesBudget: false,
  refusesSampling: true,
  refusesForcedTool: false,
  takesPrefill: false,
  bindsThoughts: false,
  defaultEffort: 'high',
  leastCachedTokens: 1024,
};
const fable: ClaudeTraits = {
  ...latest,
  thinking: 'always',
  refusesForcedTool: true,
  bindsThoughts: true,
  leastCachedTokens: 512,
};
const opus4: ClaudeTraits = { ...latest, thinking: 'off', leastCachedTokens: 4096 };
const older: ClaudeTraits = { ...opus4, takesBudget: true, refusesSampling: false };

export const claudeModels: Readonly<Record<string, ClaudeTraits>> = {
  'claude-fable-5-2': { ...fable, name: 'Claude Fable 5.2' },
  'claude-fable-5-1': { ...fable, name: 'Claude Fable 5.1' },
  'claude-fable-5': { ...fable, name: 'Claude Fable 5', refusesForcedTool: false, bindsThoughts: false },
  'claude-opus-5-5': { ...fable, name: 'Claude Opus 5.5', defaultEffort: 'medium' },
  'claude-opus-5': { ...latest, name: 'Claude Opus 5', leastCachedTokens: 512 },
  'claude-opus-4-8': { ...opus4, name: 'Claude Opus 4.8', leastCachedTokens: 1024 },
  'claude-opus-4-7': { ...opus4, name: 'Claude Opus 4.7' },
  'claude-opus-4-6': { ...older, name: 'Claude Opus 4.6' },
  'claude-opus-4-5': {
    ...older,
    name: 'Claude Opus 4.5',
    maxInputTokens: 200_000,
    maxOutputTokens: 64_000,
    takesPrefill: true,
  },
  'claude-sonnet-5-5': { ...latest, name: 'Claude Sonnet 5.5', refusesForcedTool: true, bindsThoughts: true },
  'claude-sonnet-5': { ...latest, name: 'Claude Sonnet 5' },
  'claude-sonnet-4-6': { ...older, name: 'Claude Sonnet 4.6', leastCachedTokens: 1024 },
  'claude-haiku-5-5': { ...latest, name: 'Claude Haiku 5.5', defaultEffort: 'medium' },
  'claude-haiku-4-5': {
    ...older,
    name: 'Claude Haiku 4.5',
    maxInputTokens: 200_000,
    maxOutputTokens: 64_000,
    takesPrefill: true,
  },
  'claude-haiku-4-5-20251001': {
    ...older,
    name: 'Claude Haiku 4.5',
    maxInputTokens: 200_000,
    maxOutputTokens: 64_000,
    takesPrefill: true,
  },
};
