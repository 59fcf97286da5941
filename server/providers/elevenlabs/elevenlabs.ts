import type { Provider } from '../provider.ts';
import { elevenIsolation, ISOLATION } from './isolation.ts';
import { elevenMusic, elevenSound, elevenSpeech } from './sounds.ts';
import { elevenTranscription } from './transcription.ts';

export const elevenlabs: Provider = {
  id: 'elevenlabs',
  terms: {
    name: 'ElevenLabs',
    company: 'Eleven Labs Inc.',
    termsUrl: 'https://elevenlabs.io/terms-of-use',
    privacyUrl: 'https://elevenlabs.io/privacy-policy',
    regions: ['US', 'EU'],
    retention: 'Kept in the account’s history until deleted there; none with zero retention.',
    training: 'By the setting of the account; off for enterprise accounts.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'ELEVENLABS_API_KEY',
    baseUrl: 'ELEVENLABS_BASE_URL',
    defaultBaseUrl: 'https://api.elevenlabs.io',
    region: 'ELEVENLABS_REGION',
    keyPrefix: 'sk_',
  },
  resultHosts: [],
  operations: {
    speech: elevenSpeech,
    sound: (model) => (model === ISOLATION ? elevenIsolation : elevenSound),
    music: elevenMusic,
    transcription: elevenTranscription,
  },
};
