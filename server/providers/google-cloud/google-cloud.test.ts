import { expect, test } from 'vitest';
import { startGoogleCloud } from '#sandbox/google-cloud/google-cloud.ts';
import { aCall, faultOf, openBench } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import type { TaskAdapter } from '../provider.ts';
import { aPicture, FILE_ID } from '../test-files.ts';
import { googleCloud } from './google-cloud.ts';

contractTests(googleCloud, {
  start: startGoogleCloud,
  keyPath: 'service-account',
  usage: 'asked',
  calls: [
    {
      operation: 'video',
      model: 'veo-3.1-fast-generate-001',
      params: {
        first_frame: `file:${FILE_ID}`,
        duration: 8,
        resolution: '720p',
        aspect_ratio: '16:9',
        audio: true,
        person_generation: 'allow_adult',
      },
      files: [await aPicture()],
      yields: 'video',
    },
  ],
});

const bench = openBench(googleCloud, startGoogleCloud);

test('a ready access token stands for the key file, with the project in its own setting', async () => {
  const call = aCall({ operation: 'video', model: 'veo-3.1-generate-001', params: { duration: 8 } });
  const veo = googleCloud.operations.video as TaskAdapter;
  expect(await veo.submit(call, bench.context('ya29.sandbox-key'))).toMatchObject({ state: 'running' });
  expect(await faultOf(veo.submit(call, bench.context('{}')))).toMatchObject({
    kind: 'auth',
    accepted: 'no',
  });
});
