import { expect, test } from 'vitest';
import { checkParams } from '#server/catalogue/params.ts';
import { shippedProviders } from './shipped-models.ts';

const FILE = 'file:0199c0de-0000-7000-8000-000000000001';
const EIGHT = 'must be 8 with the given';
const REFERENCES = { reference_images: [FILE] };

const faultsOf = (id: string, params: object) => {
  const { parameters } = shippedProviders.flatMap(({ models }) => models).find((model) => model.id === id)!;
  const checked = checkParams(parameters, { prompt: 'Waves', ...params });
  return checked.ok ? [] : checked.errors.map(({ path, message }) => `${path} ${message}`);
};

test.each([
  ['google-cloud/veo-3.1-generate', { ...REFERENCES, duration: 4 }, `duration ${EIGHT} reference_images`],
  ['google-cloud/veo-3.1-fast-generate', { video: FILE, duration: 6 }, `duration ${EIGHT} video`],
  ['google-cloud/veo-3.1-generate', { resolution: '4k', duration: 4 }, `duration ${EIGHT} resolution`],
  [
    'google-cloud/veo-3.1-generate',
    { video: FILE, resolution: '1080p' },
    'resolution must be "720p" with the given video',
  ],
  [
    'google-cloud/veo-3.1-generate',
    { ...REFERENCES, first_frame: FILE },
    'first_frame cannot be given with reference_images',
  ],
  ['replicate/veo-3.1', { ...REFERENCES, duration: 6 }, `duration ${EIGHT} reference_images`],
  [
    'replicate/veo-3.1',
    { ...REFERENCES, aspect_ratio: '9:16' },
    'aspect_ratio must be "16:9" with the given reference_images',
  ],
])('%s takes no %o, and says why', (id, params, words) => {
  expect(faultsOf(id, params)).toEqual([words]);
});

test.each([
  ['google-cloud/veo-3.1-generate', { duration: 4 }],
  ['google-cloud/veo-3.1-generate', { resolution: '4k' }],
  ['google-cloud/veo-3.1-generate', { ...REFERENCES, aspect_ratio: '9:16' }],
  ['google-cloud/veo-3.1-generate', { video: FILE, duration: 8 }],
  ['google-cloud/veo-3.1-generate', { first_frame: FILE, last_frame: FILE, duration: 6 }],
  ['replicate/veo-3.1', { first_frame: FILE, resolution: '1080p', duration: 4 }],
  ['replicate/veo-3.1', { ...REFERENCES, duration: 8 }],
])('%s takes %o', (id, params) => {
  expect(faultsOf(id, params)).toEqual([]);
});
