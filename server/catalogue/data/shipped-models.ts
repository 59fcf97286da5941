import type { ShippedProvider } from '#server/catalogue/shipped.ts';
import { anthropic } from './anthropic.ts';
import { deepseek } from './deepseek.ts';
import { elevenlabs } from './elevenlabs.ts';
import { fal } from './fal.ts';
import { flux } from './flux.ts';
import { googleImages } from './google-images.ts';
import { googleSpeech } from './google-speech.ts';
import { googleText } from './google-text.ts';
import { googleCloud, googleVideo } from './google-video.ts';
import { groq } from './groq.ts';
import { kling } from './kling.ts';
import { mistral } from './mistral.ts';
import { openaiAudio } from './openai-audio.ts';
import { openaiImages } from './openai-images.ts';
import { openaiText } from './openai-text.ts';
import { qwenImages } from './qwen-images.ts';
import { qwenText } from './qwen-text.ts';
import { qwenEarlier } from './qwen-text-earlier.ts';
import { qwenVideo } from './qwen-video.ts';
import { replicate } from './replicate.ts';
import { seedance } from './seedance.ts';
import { together } from './together.ts';
import { xai } from './xai.ts';

/** Every provider whose models we ship prices for, in the order in which a person sees them. */
export const shippedProviders: ShippedProvider[] = [
  { id: 'openai', name: 'OpenAI', models: [...openaiText, ...openaiImages, ...openaiAudio] },
  anthropic,
  { id: 'google', name: 'Google', models: [...googleText, ...googleImages, ...googleVideo, ...googleSpeech] },
  flux,
  kling,
  seedance,
  { id: 'qwen', name: 'Alibaba Cloud', models: [...qwenText, ...qwenEarlier, ...qwenImages, ...qwenVideo] },
  elevenlabs,
  deepseek,
  mistral,
  xai,
  groq,
  together,
  fal,
  replicate,
  { id: 'google-cloud', name: 'Google Cloud', models: googleCloud },
];
