import { readAnswer, unitsOf } from '../answers.ts';
import { dataUrlOf, defined, filesInOrFree, kindsOf, numberOf, textOf } from '../input-files.ts';
import {
  type Artifact,
  type Call,
  type Context,
  type Done,
  ProviderFault,
  type ReplyAdapter,
  type Units,
} from '../provider.ts';
import { qwenFault } from './faults.ts';
import { Pictures } from './wire.ts';

/** Pictures that are sent in are charged by this generation alone. */
const chargesReferences = (model: string): boolean => model.startsWith('qwen-image-3.0');

/** Qwen-Image answers at once. A lost answer cannot be found again there: it has no id. */
export const qwenImages: ReplyAdapter = {
  kind: 'reply',
  bound: (call) => pictureUnits(call, numberOf(call.params.n, 1)),
  run,
};

export function pictureUnits(call: Call, images: number): Units {
  const references = filesInOrFree(call, 'images', 'image').length;
  return unitsOf({ image: images, input_image: chargesReferences(call.upstreamModel) ? references : 0 });
}

/** Sides are parted by a star there; `n` is always sent, as its default may be twelve. */
export function pictureBody(call: Call): Record<string, unknown> {
  if (isEarlier(call.upstreamModel)) return earlierBody(call);
  const { prompt, size, n, images: _, ...parameters } = call.params;
  const pictures = filesInOrFree(call, 'images', 'image');
  return {
    model: call.upstreamModel,
    input: {
      messages: [
        {
          role: 'user',
          content: [...pictures.map((file) => ({ image: dataUrlOf(file) })), { text: prompt }],
        },
      ],
    },
    parameters: defined({
      ...parameters,
      n: numberOf(n, 1),
      size: size === undefined ? undefined : textOf(size).replace('x', '*'),
    }),
  };
}

/** Wan 2.5 has other words for the same, and another path each for pictures from words and from pictures. */
export const isEarlier = (model: string): boolean => /^wan2\.5-/.test(model);

function earlierBody(call: Call): Record<string, unknown> {
  const { prompt, negative_prompt, size, n, images: _, ...parameters } = call.params;
  const pictures = filesInOrFree(call, 'images', 'image');
  return {
    model: call.upstreamModel,
    input: defined({
      prompt,
      negative_prompt,
      images: pictures.length === 0 ? undefined : pictures.map(dataUrlOf),
    }),
    parameters: defined({
      ...parameters,
      n: numberOf(n, 1),
      size: size === undefined ? undefined : textOf(size).replace('x', '*'),
    }),
  };
}

export function picturesIn(
  choices: { message: { content: { image?: string | null }[] } }[] | null | undefined,
): Artifact[] {
  return (choices ?? [])
    .flatMap(({ message }) => message.content)
    .flatMap(({ image }) => (image == null ? [] : [{ url: secure(image) }]));
}

/** Of the older form; in a set one may have failed. */
export const resultsIn = (results: { url?: string | null }[] | null | undefined): Artifact[] =>
  (results ?? []).flatMap(({ url }) => (url == null ? [] : [{ url: secure(url) }]));

/** Some results are told without encryption, and can be fetched with it. */
export const secure = (url: string): string => url.replace(/^http:(?!\/\/127\.0\.0\.1)/, 'https:');

async function run(call: Call, { route, send }: Context): Promise<Done> {
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/api/v1/services/aigc/multimodal-generation/generation`,
    headers: { authorization: `Bearer ${route.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(pictureBody(call)),
    kinds: kindsOf(call),
    idleMs: 3 * 60_000,
  });
  const { output, usage, request_id } = await readAnswer(answer, Pictures, qwenFault);
  const artifacts = picturesIn(output.choices);
  if (artifacts.length === 0) throw new ProviderFault('unknown', 'no picture came', { accepted: 'yes' });
  return {
    state: 'done',
    artifacts,
    usage: pictureUnits(call, usage?.image_count ?? artifacts.length),
    upstreamId: request_id ?? undefined,
  };
}
