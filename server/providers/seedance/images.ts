import { readAnswer, unitsOf } from '../answers.ts';
import { dataUrlOf, defined, filesInOrFree, kindsOf, numberOf } from '../input-files.ts';
import type { Artifact, Call, Context, Done, ReplyAdapter, Units } from '../provider.ts';
import { arkFailure, arkFault } from './faults.ts';
import { Pictures } from './wire.ts';

/** References after the first are charged by this model alone. */
const chargesReferences = (model: string): boolean => model.startsWith('seedream-5-0-pro');

export const seedreamImages: ReplyAdapter = {
  kind: 'reply',
  bound: (call) => unitsFor(call, numberOf(call.params.max_images, 1)),
  run,
};

function unitsFor(call: Call, images: number): Units {
  const references = filesInOrFree(call, 'images', 'image').length;
  return unitsOf({
    image: images,
    input_image: chargesReferences(call.upstreamModel) ? references - 1 : 0,
  });
}

async function run(call: Call, { route, send }: Context): Promise<Done> {
  const { prompt, size, output_format, optimize_prompt, watermark } = call.params;
  const most = numberOf(call.params.max_images, 1);
  const references = filesInOrFree(call, 'images', 'image').map(dataUrlOf);
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/images/generations`,
    headers: { authorization: `Bearer ${route.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(
      defined({
        model: call.upstreamModel,
        prompt,
        size,
        output_format,
        watermark,
        image: references.length === 0 ? undefined : references,
        response_format: 'b64_json',
        optimize_prompt_options: optimize_prompt === undefined ? undefined : { mode: optimize_prompt },
        ...(most > 1
          ? {
              sequential_image_generation: 'auto',
              sequential_image_generation_options: { max_images: most },
            }
          : {}),
      }),
    ),
    kinds: kindsOf(call),
    idleMs: 5 * 60_000,
    maxBytes: 512 * 1024 * 1024,
  });
  const { data, usage } = await readAnswer(answer, Pictures, arkFault);
  const mediaType = `image/${output_format ?? 'jpeg'}`;
  const artifacts = data.flatMap(({ b64_json, url }): Artifact[] =>
    b64_json != null ? [{ bytes: Buffer.from(b64_json, 'base64'), mediaType }] : url != null ? [{ url }] : [],
  );
  // In a set one picture may fail by itself; only those that came are charged.
  if (artifacts.length === 0) throw arkFailure(data[0]?.error);
  return {
    state: 'done',
    artifacts,
    usage: unitsFor(call, usage?.generated_images ?? artifacts.length),
  };
}
