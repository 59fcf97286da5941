import { unitsOf } from '../answers.ts';
import type { Units } from '../provider.ts';
import type { UsageMetadata } from './wire.ts';

const of = (details: UsageMetadata['promptTokensDetails'], modality: string): number =>
  (details ?? [])
    .filter((each) => each.modality === modality)
    .reduce((sum, { tokenCount }) => sum + (tokenCount ?? 0), 0);

/**
 * The prompt contains what was cached; candidates leave the thoughts out, which are billed as output. Pictures and
 * sound that come out have prices of their own, and so has the sound that goes in, with some models.
 */
export function geminiUnits(usage: UsageMetadata): Units {
  const cached = Math.min(usage.cachedContentTokenCount ?? 0, usage.promptTokenCount ?? 0);
  const image = of(usage.candidatesTokensDetails, 'IMAGE');
  const audio = of(usage.candidatesTokensDetails, 'AUDIO');
  const fresh = (usage.promptTokenCount ?? 0) - cached;
  const heard = of(usage.promptTokensDetails, 'AUDIO') - of(usage.cacheTokensDetails, 'AUDIO');
  const audioIn = Math.min(Math.max(0, heard), fresh);
  return unitsOf({
    input_token: fresh - audioIn + (usage.toolUsePromptTokenCount ?? 0),
    input_audio_token: audioIn,
    cached_input_token: cached,
    output_token: (usage.candidatesTokenCount ?? 0) - image - audio + (usage.thoughtsTokenCount ?? 0),
    output_image_token: image,
    output_audio_token: audio,
  });
}
