import { base64Of, defined, fileIn, filesIn, filesInOrFree, publicUrlOf, textOf } from '../input-files.ts';
import type { Call } from '../provider.ts';
import { legacyOptions, type Order } from './order.ts';

/** The path says what is to be done, and the model. Pictures go as bare base64; clips go by address only. */
export function videoOrder(call: Call): Order {
  const { prompt, resolution, duration, audio, multi_shot, aspect_ratio } = call.params;
  const product = productOf(call);
  const settings = defined({
    resolution,
    duration,
    audio,
    multi_shot,
    // A first frame brings its own ratio.
    aspect_ratio: product === 'image-to-video' || fileIn(call, 'first_frame') ? undefined : aspect_ratio,
  });
  const content =
    product === 'text-to-video'
      ? { prompt }
      : {
          contents: [
            ...(prompt === undefined ? [] : [{ type: 'prompt', text: prompt }]),
            ...mediaOf(call, product),
          ],
        };
  const path = call.upstreamModel.includes('/') ? call.upstreamModel : `${product}/${call.upstreamModel}`;
  return { path: `/${path}`, body: { ...content, settings, options: optionsOf(call) } };
}

function productOf(call: Call): string {
  if (call.upstreamModel.includes('/')) return call.upstreamModel.split('/')[0]!;
  if (/omni|-o1$/.test(call.upstreamModel)) return 'omni-video';
  return firstFrame(call) === undefined ? 'text-to-video' : 'image-to-video';
}

const firstFrame = (call: Call) =>
  fileIn(call, 'first_frame') ?? filesInOrFree(call, 'first_frame', 'image')[0];

function mediaOf(call: Call, product: string): Record<string, unknown>[] {
  const moves = product === 'motion-control';
  const first = firstFrame(call);
  const last = fileIn(call, 'last_frame');
  return [
    ...(first === undefined ? [] : [{ type: moves ? 'refer_image' : 'first_frame', url: base64Of(first) }]),
    ...(last === undefined ? [] : [{ type: 'last_frame', url: base64Of(last) }]),
    // By these names the prompt speaks of them: `@image_1`, `@video_1`.
    ...filesIn(call, 'reference_images').map((file, at) => ({
      type: 'refer_image',
      url: base64Of(file),
      id: `image_${at + 1}`,
    })),
    ...filesIn(call, 'reference_video').map((file) => ({
      type: moves ? 'refer_video' : 'feature_video',
      url: publicUrlOf(file),
      ...(moves ? {} : { id: 'video_1' }),
    })),
    ...filesIn(call, 'video').map((file) => ({ type: 'base_video', url: publicUrlOf(file) })),
  ];
}

/** Their id of ours makes creation idempotent: a repeat is refused and costs nothing. */
function optionsOf({ generationId, webhook, params }: Call): Record<string, unknown> {
  return {
    external_task_id: generationId,
    ...(webhook === undefined ? {} : { callback_url: webhook.url }),
    ...(params.watermark === undefined ? {} : { watermark_info: { enabled: params.watermark === true } }),
  };
}

/** Pictures are still made by the routes before the new standard. */
export function imageOrder(call: Call): Order {
  const { prompt, negative_prompt, aspect_ratio, resolution, n, series_amount } = call.params;
  const images = filesInOrFree(call, 'images', 'image').map(base64Of);
  const omni = /omni|-o1$/.test(call.upstreamModel);
  const sent = omni ? { image_list: images.map((image) => ({ image })) } : { image: images[0] };
  return {
    path: omni ? '/v1/images/omni-image' : '/v1/images/generations',
    body: defined({
      model_name: call.upstreamModel,
      prompt,
      negative_prompt,
      aspect_ratio,
      resolution,
      // A series is one story in several pictures.
      ...(typeof series_amount === 'number' ? { result_type: 'series', series_amount } : { n }),
      ...(images.length === 0 ? {} : sent),
      ...legacyOptions(call),
    }),
  };
}

export function soundOrder(call: Call): Order {
  const { prompt, duration } = call.params;
  return {
    path: '/v1/audio/text-to-audio',
    body: { prompt: textOf(prompt), duration, ...legacyOptions(call) },
  };
}
