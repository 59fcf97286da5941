import { unitsOf } from '../answers.ts';
import type { Units } from '../provider.ts';
import type { UsageMetadata } from './wire.ts';

const of = (details: UsageMetadata['promptTokensDetails'], modality: string): number =>
  (details ?? [])
    .filter((each) => each.modality === modality)
    .reduce((sum, { tokenCount }) => sum + (tokenCount ?? 0), 0);

/**
 * The prompt contains what was cached; candidates leave the thoughts out, which are billed as output. Pictures and
 * sound that come out have prices of their own; what goes in is priced alike, whatever it is.
 */
export function geminiUnits(usage: UsageMetadata): Units {
  const cached = Math.min(usage.cachedContentTokenCount ?? 0, usage.promptTokenCount ?? 0);
  const image = of(usage.candidatesTokensDetails, 'IMAGE');
  const audio = of(usage.candidatesTokensDetails, 'AUDIO');
  return unitsOf({
    input_token: (usage.promptTokenCount ?? 0) - cached + (usage.toolUsePromptTokenCount ?? 0),
    cached_input_token: cached,
    output_token: (usage.candidatesTokenCount ?? 0) - image - audio + (usage.thoughtsTokenCount ?? 0),
    output_image_token: image,
    output_audio_token: audio,
  });
}
