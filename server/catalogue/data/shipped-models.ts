import type { ShippedProvider } from '#server/catalogue/shipped.ts';
import { flux } from './flux.ts';
import { openaiImages } from './openai-images.ts';
import { openaiText } from './openai-text.ts';

/** Every provider whose models we ship prices for, in the order in which a person sees them. */
export const shippedProviders: ShippedProvider[] = [
  { id: 'openai', name: 'OpenAI', models: [...openaiText, ...openaiImages] },
  flux,
];
