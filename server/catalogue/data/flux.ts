import type { ShippedModel, ShippedProvider, Source } from '#server/catalogue/shipped.ts';
import { flux1Images } from './flux-1.ts';
import { flux2Images, format, image, ONE, PAGE, RATIOS, tolerance, upsampling } from './flux-2.ts';
import { fluxVideo } from './flux-video.ts';
import { aspectRatio } from './media.ts';
import { price } from './price.ts';
import { choice, files, flag, parameters, prompt, seed } from './schema.ts';

const RESOLD: Source = { ...PAGE, basis: 'derived', on: '2026-11-10' };

const others: ShippedModel[] = [
  image({
    id: 'flux-3-image',
    name: 'FLUX.3 image',
    summary: 'The newest: it can look things up before it draws.',
    parameters: parameters(
      {
        prompt: prompt(32_000, 'What the picture shows, or how the pictures you give should change.'),
        images: files('Reference pictures', 'Pictures to change or to take from.', 'image', 10),
        aspect_ratio: choice(
          'Ratio',
          'Width to height. `auto` lets the model choose.',
          ['auto', ...RATIOS],
          'auto',
          { group: 'output' },
        ),
        resolution: choice(
          'Resolution',
          'The size of the picture. Larger ones follow when the provider publishes their price.',
          ['768sq', '1k'],
          '1k',
          { group: 'output' },
        ),
        grounding: flag(
          'Look things up',
          'Lets the model search the web and pictures for what it should show.',
          true,
          { group: 'style' },
        ),
        safety_tolerance: tolerance(4),
        version: choice('Version', 'Which version of the model to use.', ['latest'], 'latest', {
          widget: 'hidden',
        }),
      },
      ['prompt'],
    ),
    maxFiles: 10,
    prices: [price('image', '0.048', RESOLD)],
    typical: { ...ONE, label: '1 picture at 1k', params: { resolution: '1k' } },
    examples: [
      'The old town hall of Bamberg on a foggy morning, seen from the river.',
      'A weather chart for tomorrow in the style of 1970s television.',
      'A street musician in Accra, golden hour.',
    ],
  }),
  image({
    id: 'flux-kontext-max',
    name: 'FLUX.1 Kontext max',
    summary: 'Changes a picture by words. The older family; FLUX.2 does more.',
    parameters: kontext(),
    maxFiles: 4,
    prices: [price('image', '0.08', PAGE)],
    typical: ONE,
    examples: [
      'Change the car’s colour to dark green.',
      'Take away the people in the background.',
      'Write "Closed on Mondays" on the sign.',
    ],
  }),
  image({
    id: 'flux-kontext-pro',
    name: 'FLUX.1 Kontext pro',
    summary: 'Changes a picture by words, for less. The older family.',
    parameters: kontext(),
    maxFiles: 4,
    prices: [price('image', '0.04', PAGE)],
    typical: ONE,
    examples: [
      'Make it winter.',
      'Turn this photograph into a pencil drawing.',
      'Put a straw hat on the dog.',
    ],
  }),
];

function kontext() {
  return parameters(
    {
      prompt: prompt(32_000, 'What the picture shows, or how the picture you give should change.'),
      images: files(
        'Pictures',
        'The picture to change; further ones are an experiment of the provider.',
        'image',
        4,
      ),
      aspect_ratio: aspectRatio(RATIOS),
      prompt_upsampling: upsampling(false),
      seed: seed(4_294_967_295),
      output_format: format('png'),
      safety_tolerance: tolerance(6),
    },
    ['prompt'],
  );
}

export const flux: ShippedProvider = {
  id: 'flux',
  name: 'Black Forest Labs',
  models: [...flux2Images, ...others, ...flux1Images, ...fluxVideo],
};
