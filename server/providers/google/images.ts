import { unitsOf } from '../answers.ts';
import { base64Of, filesInOrFree, textOf } from '../input-files.ts';
import type { Call, ReplyAdapter } from '../provider.ts';
import { generate } from './content.ts';
import { safetySettings } from './safety.ts';

/** A picture came to 1,120 to 2,520 tokens; thoughts and words beside it to some hundreds. */
const TOKENS_PER_PICTURE: Record<string, number> = { '1K': 2600, '2K': 4000, '4K': 6000 };
const TOKENS_PER_INPUT_IMAGE = 3000;
const WORDS_AND_THOUGHTS = 8192;

export const geminiImages: ReplyAdapter = {
  kind: 'reply',
  bound: (call) =>
    unitsOf({
      input_token:
        Buffer.byteLength(textOf(call.params.prompt)) + 100 + call.files.length * TOKENS_PER_INPUT_IMAGE,
      output_image_token: TOKENS_PER_PICTURE[textOf(call.params.image_size)] ?? TOKENS_PER_PICTURE['4K'],
      output_token: WORDS_AND_THOUGHTS,
    }),
  run: (call, context) => generate(call, context, bodyOf(call), (bytes, mediaType) => ({ bytes, mediaType })),
};

function bodyOf(call: Call): Record<string, unknown> {
  const { aspect_ratio: aspectRatio, image_size: imageSize } = call.params;
  const images = filesInOrFree(call, 'images', 'image').map((file) => ({
    inlineData: { mimeType: file.mediaType, data: base64Of(file) },
  }));
  const imageConfig = {
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
    ...(imageSize === undefined ? {} : { imageSize }),
  };
  return {
    contents: [{ role: 'user', parts: [...images, { text: textOf(call.params.prompt) }] }],
    generationConfig: {
      responseModalities: ['TEXT', 'IMAGE'],
      ...(Object.keys(imageConfig).length === 0 ? {} : { imageConfig }),
    },
    ...safetySettings(call.params.safety_threshold),
  };
}
