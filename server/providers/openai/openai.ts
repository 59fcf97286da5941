import type { Provider } from '../provider.ts';
import { openaiImages } from './images.ts';
import { openaiSpeech } from './speech.ts';
import { openaiText } from './text.ts';
import { openaiTranscription } from './transcription.ts';

export const openai: Provider = {
  id: 'openai',
  terms: {
    name: 'OpenAI',
    company: 'OpenAI, L.L.C.',
    termsUrl: 'https://openai.com/policies/services-agreement/',
    privacyUrl: 'https://openai.com/enterprise-privacy/',
    regions: ['US'],
    retention: 'Up to 30 days for abuse monitoring, then deleted.',
    training: 'API data are not used for training unless the operator opts in; Mluen does not.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'OPENAI_API_KEY',
    baseUrl: 'OPENAI_BASE_URL',
    defaultBaseUrl: 'https://api.openai.com/v1',
    region: 'OPENAI_REGION',
    keyPrefix: 'sk-',
  },
  resultHosts: [],
  operations: {
    text: openaiText,
    image: openaiImages,
    speech: openaiSpeech,
    transcription: openaiTranscription,
  },
};
