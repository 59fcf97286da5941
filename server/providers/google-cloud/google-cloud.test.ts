import { startGoogleCloud } from '#sandbox/google-cloud/google-cloud.ts';
import { contractTests } from '../contract-tests.ts';
import { aPicture, FILE_ID } from '../test-files.ts';
import { googleCloud } from './google-cloud.ts';

contractTests(googleCloud, {
  start: startGoogleCloud,
  keyPath: 'service-account',
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
