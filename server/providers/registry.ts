import { anthropic } from './anthropic/anthropic.ts';
import { elevenlabs } from './elevenlabs/elevenlabs.ts';
import { fal } from './fal/fal.ts';
import { flux } from './flux/flux.ts';
import { google } from './google/google.ts';
import { googleCloud } from './google-cloud/google-cloud.ts';
import { kling } from './kling/kling.ts';
import { openai } from './openai/openai.ts';
import { deepseek, groq, local, mistral, together, xai } from './openai-compatible/hosts.ts';
import { openrouter } from './openai-compatible/openrouter.ts';
import type { Provider } from './provider.ts';
import { qwen } from './qwen/qwen.ts';
import { replicate } from './replicate/replicate.ts';
import { seedance } from './seedance/seedance.ts';

/** Every provider there is. A new one is a folder and a line here. */
export const providers: readonly Provider[] = [
  openai,
  anthropic,
  google,
  flux,
  kling,
  seedance,
  qwen,
  elevenlabs,
  local,
  deepseek,
  mistral,
  xai,
  groq,
  together,
  openrouter,
  fal,
  replicate,
  googleCloud,
];
