import { chatAdapter } from '../chat-completions/chat-completions.ts';
import type { Provider } from '../provider.ts';
import { openaiImages } from './images.ts';
import { openaiSpeech } from './speech.ts';
import { openaiTranscription } from './transcription.ts';

/**
 * Models since gpt-5.4 refuse function tools together with reasoning on this endpoint, and from gpt-5.6 on also when
 * no effort is named: so a call with tools that names none asks for none.
 */
function withToolRule(body: Record<string, unknown>): Record<string, unknown> {
  const usesTools = Array.isArray(body.tools) && body.tools.length > 0;
  return usesTools && body.reasoning_effort === undefined ? { ...body, reasoning_effort: 'none' } : body;
}

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
    text: chatAdapter({
      // Nothing is kept at the provider beyond what its terms say for every call (clause 5.9).
      adapt: (body) => ({ ...withToolRule(body), store: false }),
      endUserField: 'safety_identifier',
    }),
    image: openaiImages,
    speech: openaiSpeech,
    transcription: openaiTranscription,
  },
};
