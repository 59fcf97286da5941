import type { Provider } from '../provider.ts';
import { geminiImages } from './images.ts';
import { geminiSpeech } from './speech.ts';
import { geminiText } from './text.ts';
import { omniVideo } from './video.ts';

export const google: Provider = {
  id: 'google',
  terms: {
    name: 'Google',
    company: 'Google LLC',
    termsUrl: 'https://ai.google.dev/gemini-api/terms',
    privacyUrl: 'https://policies.google.com/privacy',
    regions: ['global'],
    retention: 'Up to 55 days for abuse monitoring; uploaded and made files for 48 hours.',
    training: 'Paid use is not used for training, by its terms.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'GEMINI_API_KEY',
    baseUrl: 'GEMINI_BASE_URL',
    defaultBaseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    region: 'GEMINI_REGION',
    keyPrefix: 'AIza',
  },
  resultHosts: ['generativelanguage.googleapis.com', '*.googleusercontent.com', 'storage.googleapis.com'],
  operations: { text: geminiText, image: geminiImages, speech: geminiSpeech, video: omniVideo },
};
