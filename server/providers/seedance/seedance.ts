import type { Provider } from '../provider.ts';
import { seedreamImages } from './images.ts';
import { seedanceVideo } from './video.ts';

export const seedance: Provider = {
  id: 'seedance',
  terms: {
    name: 'ByteDance',
    company: 'BytePlus Pte. Ltd.',
    termsUrl: 'https://docs.byteplus.com/en/docs/legal/docs-terms-of-service',
    privacyUrl: 'https://docs.byteplus.com/en/docs/legal/docs-privacy-policy',
    regions: ['SG'],
    retention: 'Results for 24 hours, records of jobs for 7 days.',
    training: 'As in its terms of service.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'ARK_API_KEY',
    baseUrl: 'ARK_BASE_URL',
    defaultBaseUrl: 'https://ark.ap-southeast.bytepluses.com/api/v3',
    region: 'ARK_REGION',
  },
  resultHosts: ['*.volces.com', '*.bytepluses.com'],
  operations: { video: seedanceVideo, image: seedreamImages },
};
