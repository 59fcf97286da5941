import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import { takeUpload } from '#server/generations/files.ts';
import type { Parts } from '#server/generations/parts.ts';
import { fieldOf } from './fit.ts';
import { safetyOf } from './gemini-request.ts';
import type { GeminiRequest } from './gemini-schema.ts';
import type { Caller } from './keys.ts';
import { type Made, outputsOf, unitsOf } from './media-call.ts';
import { ApiError } from './openai-errors.ts';

/** A request of `:generateContent` for a picture, in the model's own parameters. Throws `ApiError` 400. */
export async function pictureAsked(
  parts: Parts,
  { memberId }: Caller,
  model: CatalogueModel,
  asked: GeminiRequest,
): Promise<{ params: Record<string, unknown>; fileIds: string[] }> {
  const { imageConfig, responseModalities } = asked.generationConfig ?? {};
  if (responseModalities !== undefined && !responseModalities.some((each) => each.toUpperCase() === 'IMAGE'))
    throw bad('generationConfig.responseModalities', `${model.name} makes pictures: send ["IMAGE"].`);
  if (asked.tools?.length) throw bad('tools', `${model.name} calls no functions.`);
  const shape = {
    ...own(model, 'aspect_ratio', imageConfig?.aspectRatio, 'imageConfig.aspectRatio'),
    ...own(model, 'image_size', imageConfig?.imageSize, 'imageConfig.imageSize'),
  };
  const turns = asked.contents.flatMap(({ parts: each }) => each);
  const prompt = [...(asked.systemInstruction?.parts ?? []), ...lastWords(asked)]
    .flatMap(({ text }) => (text ? [text] : []))
    .join('\n\n');
  const pictures = turns.flatMap(({ inlineData, thought }) =>
    inlineData === undefined || thought ? [] : [inlineData],
  );
  if (pictures.length > 0 && fieldOf(model, 'images') === undefined)
    throw bad('contents', `${model.name} takes no pictures.`);
  const fileIds: string[] = [];
  for (const { data, displayName } of pictures)
    fileIds.push(
      (await takeUpload(parts, memberId, displayName ?? 'picture', Buffer.from(data, 'base64'))).id,
    );
  const images = fileIds.length === 0 ? {} : { images: fileIds.map((id) => `file:${id}`) };
  return {
    params: { prompt, ...shape, ...safetyOf(model, asked.safetySettings).params, ...images },
    fileIds,
  };
}

/** A conversation about a picture asks for its last turn; the pictures of the turns before go along. */
function lastWords({ contents }: GeminiRequest) {
  return contents.findLast(({ role }) => role !== 'model')?.parts ?? [];
}

function own(
  model: CatalogueModel,
  name: string,
  value: string | undefined,
  param: string,
): Record<string, unknown> {
  if (value === undefined) return {};
  if (fieldOf(model, name) === undefined) throw bad(param, `${model.name} has no such choice: leave it out.`);
  return { [name]: value };
}

/** The pictures as parts of one candidate. */
export async function pictureAnswer(parts: Parts, { memberId }: Caller, { generation }: Made, model: string) {
  const outputs = await outputsOf(parts, memberId, generation);
  const units = unitsOf(generation);
  const prompt = (units.input_token ?? 0) + (units.input_image_token ?? 0);
  const image = units.output_image_token ?? 0;
  const output = image + (units.output_token ?? 0);
  return {
    candidates: [
      {
        content: {
          role: 'model',
          parts: outputs.map(({ mediaType, bytes }) => ({
            inlineData: { mimeType: mediaType, data: bytes.toString('base64') },
          })),
        },
        finishReason: 'STOP',
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: prompt,
      candidatesTokenCount: output,
      totalTokenCount: prompt + output,
      ...(image === 0 ? {} : { candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: image }] }),
    },
    modelVersion: model,
    responseId: generation.id,
  };
}

function bad(param: string, text: string): ApiError {
  return new ApiError(400, 'invalid_request_error', 'invalid_value', `${param}: ${text}`, { param });
}
