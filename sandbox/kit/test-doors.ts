import { melodyFor, pcmOf, wavOf } from './sound.ts';

/** Where work goes in, for the tests that ask every simulator the same. */

// biome-ignore lint/suspicious/noExplicitAny: answers of eleven providers
export type Answer = any;

export interface Door {
  simulator: string;
  path: string;
  headers: Record<string, string>;
  body(prompt: string, callback?: string): unknown;
  /** Reports no units of its own; they are what was ordered. */
  countsNothing?: true;
}

export interface TaskDoor extends Door {
  /** A request that shows how the task stands. */
  poll(created: Answer): { path: string; body?: unknown };
  state(polled: Answer): 'active' | 'succeeded' | 'failed';
  /** Where the result is. Absent: it comes with the answer, or from the same host under the same key. */
  result?(polled: Answer): { url: string } | { path: string };
  /** Calls for one task that goes well. Absent: it calls nobody. */
  calls?: number;
  /** Callback in the address, not in the body. */
  callbackPath?(callback: string): string;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const cloud = '/v1/projects/p/locations/l/publishers/google/models/veo-3.1-generate-001';

export const tasks: TaskDoor[] = [
  {
    simulator: 'flux',
    path: '/v1/flux-2-pro',
    headers: { 'x-key': 'sandbox-key' },
    body: (prompt, webhook_url) => ({ prompt, width: 64, height: 64, ...(webhook_url && { webhook_url }) }),
    poll: ({ id }) => ({ path: `/v1/get_result?id=${id}` }),
    state: ({ status }) =>
      status === 'Ready' ? 'succeeded' : ['Pending', 'Generating'].includes(status) ? 'active' : 'failed',
    result: ({ result }) => ({ url: result.sample }),
    calls: 1,
  },
  {
    simulator: 'kling',
    path: '/text-to-video/kling-3.0',
    headers: bearer('sandbox-key'),
    body: (prompt, callback_url) => ({
      prompt,
      settings: { duration: 3 },
      ...(callback_url && { options: { callback_url } }),
    }),
    poll: ({ data }) => ({ path: `/tasks?task_ids=${data.id}` }),
    state: ({ data: [{ status }] }) => (status === 'succeeded' || status === 'failed' ? status : 'active'),
    result: ({ data: [{ outputs }] }) => ({ url: outputs[0].url }),
    calls: 3,
  },
  {
    simulator: 'seedance',
    path: '/api/v3/contents/generations/tasks',
    headers: bearer('sandbox-key'),
    body: (text, callback_url) => ({
      model: 'dreamina-seedance-2-0-260128',
      content: [{ type: 'text', text }],
      duration: 4,
      ...(callback_url && { callback_url }),
    }),
    poll: ({ id }) => ({ path: `/api/v3/contents/generations/tasks/${id}` }),
    state: ({ status }) => (status === 'succeeded' || status === 'failed' ? status : 'active'),
    result: ({ content }) => ({ url: content.video_url }),
    calls: 3,
  },
  {
    simulator: 'qwen',
    path: '/api/v1/services/aigc/video-generation/video-synthesis',
    headers: { ...bearer('sk-x'), 'x-dashscope-async': 'enable' },
    body: (prompt) => ({ model: 'wan2.7-t2v', input: { prompt }, parameters: { duration: 2 } }),
    poll: ({ output }) => ({ path: `/api/v1/tasks/${output.task_id}` }),
    state: ({ output: { task_status: status } }) =>
      status === 'SUCCEEDED' ? 'succeeded' : status === 'FAILED' ? 'failed' : 'active',
    result: ({ output }) => ({ url: output.video_url }),
  },
  {
    simulator: 'fal',
    path: '/fal-ai/flux-2-pro',
    headers: { authorization: 'Key sandbox-key' },
    body: (prompt) => ({ prompt, image_size: 'square' }),
    callbackPath: (url) => `/fal-ai/flux-2-pro?fal_webhook=${encodeURIComponent(url)}`,
    poll: ({ status_url }) => ({ path: new URL(status_url).pathname }),
    state: ({ status, error }) =>
      status !== 'COMPLETED' ? 'active' : error === undefined ? 'succeeded' : 'failed',
    result: ({ response_url }) => ({ path: new URL(response_url).pathname }),
    calls: 1,
  },
  {
    simulator: 'replicate',
    path: '/v1/models/black-forest-labs/flux-2-pro/predictions',
    headers: bearer('r8_x'),
    body: (prompt, webhook) => ({
      input: { prompt },
      ...(webhook && { webhook, webhook_events_filter: ['completed'] }),
    }),
    poll: ({ id }) => ({ path: `/v1/predictions/${id}` }),
    state: ({ status }) => (status === 'succeeded' || status === 'failed' ? status : 'active'),
    result: ({ output }) => ({ url: [output].flat()[0] }),
    calls: 1,
  },
  {
    simulator: 'google',
    path: '/v1beta/interactions',
    headers: { 'x-goog-api-key': 'AIza' },
    body: (text, callback) => ({
      model: 'gemini-omni-1.1-flash',
      background: true,
      input: [{ type: 'text', text }],
      response_format: { type: 'video', duration: '3s', resolution: '360p' },
      ...(callback && { webhook_config: { uris: [callback] } }),
    }),
    poll: ({ id }) => ({ path: `/v1beta/interactions/${id}` }),
    state: ({ status }) => (status === 'completed' ? 'succeeded' : status === 'failed' ? 'failed' : 'active'),
    calls: 1,
  },
  {
    simulator: 'google-cloud',
    path: `${cloud}:predictLongRunning`,
    headers: bearer('ya29.sandbox-key'),
    body: (prompt) => ({ instances: [{ prompt }], parameters: { durationSeconds: 4, sampleCount: 1 } }),
    poll: ({ name }) => ({ path: `${cloud}:fetchPredictOperation`, body: { operationName: name } }),
    state: ({ done, error }) => (!done ? 'active' : error === undefined ? 'succeeded' : 'failed'),
    countsNothing: true,
  },
];

const recording = wavOf(pcmOf(melodyFor('x', 2), 16_000), 16_000);

const words = (model: string) => (content: string) => ({
  model,
  max_tokens: 30,
  messages: [{ role: 'user', content }],
});

/** A recording says what is to go wrong by its name. */
function recordingNamed(name: string, field: string, others: Record<string, string> = {}): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries(others)) form.append(key, value);
  form.append(field, new File([new Uint8Array(recording)], `${name}.wav`, { type: 'audio/wav' }));
  return form;
}

/** Answered in the one request. */
export const direct: Door[] = [
  { simulator: 'openai', path: '/v1/chat/completions', headers: bearer('sk-x'), body: words('gpt-4o') },
  {
    simulator: 'openai',
    path: '/v1/responses',
    headers: bearer('sk-x'),
    body: (input) => ({ model: 'gpt-6-luna', input }),
  },
  {
    simulator: 'openai',
    path: '/v1/images/generations',
    headers: bearer('sk-x'),
    body: (prompt) => ({ model: 'gpt-image-2', prompt, size: '1024x1024', quality: 'low' }),
  },
  {
    simulator: 'openai',
    path: '/v1/audio/speech',
    headers: bearer('sk-x'),
    body: (input) => ({ model: 'gpt-4o-mini-tts', input, voice: 'alloy' }),
  },
  {
    simulator: 'anthropic',
    path: '/v1/messages',
    headers: { 'x-api-key': 'sk-ant-x', 'anthropic-version': '2023-06-01' },
    body: words('claude-sonnet-5'),
  },
  {
    simulator: 'google',
    path: '/v1beta/models/gemini-3.8-flash:generateContent',
    headers: { 'x-goog-api-key': 'AIza' },
    body: (text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
  },
  {
    simulator: 'seedance',
    path: '/api/v3/images/generations',
    headers: bearer('sandbox-key'),
    body: (prompt) => ({ model: 'seedream-4-5-251128', prompt, size: '2K' }),
  },
  {
    simulator: 'qwen',
    path: '/api/v1/services/aigc/multimodal-generation/generation',
    headers: bearer('sk-x'),
    body: (text) => ({
      model: 'qwen-image-3.0',
      input: { messages: [{ role: 'user', content: [{ text }] }] },
      parameters: { n: 1 },
    }),
  },
  {
    simulator: 'qwen',
    path: '/compatible-mode/v1/chat/completions',
    headers: bearer('sk-x'),
    body: words('qwen3.7-plus'),
  },
  {
    simulator: 'elevenlabs',
    path: '/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb',
    headers: { 'xi-api-key': 'sk_x' },
    body: (text) => ({ text }),
  },
  {
    simulator: 'elevenlabs',
    path: '/v1/sound-generation',
    headers: { 'xi-api-key': 'sk_x' },
    body: (text) => ({ text, duration_seconds: 1 }),
  },
  {
    simulator: 'elevenlabs',
    path: '/v1/music',
    headers: { 'xi-api-key': 'sk_x' },
    body: (prompt) => ({ prompt, music_length_ms: 3000 }),
  },
  {
    simulator: 'openai-compatible',
    path: '/v1/chat/completions',
    headers: {},
    body: words('llama4:8b'),
  },
  {
    simulator: 'google',
    path: '/v1beta/models/gemini-3.8-flash-tts:generateContent',
    headers: { 'x-goog-api-key': 'AIza' },
    body: (text) => ({
      contents: [{ role: 'user', parts: [{ text }] }],
      generationConfig: {
        responseModalities: ['AUDIO'],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
      },
    }),
  },
  {
    simulator: 'elevenlabs',
    path: '/v1/speech-to-text',
    headers: { 'xi-api-key': 'sk_x' },
    body: (name) => recordingNamed(name, 'file', { model_id: 'scribe_v2' }),
  },
  {
    simulator: 'elevenlabs',
    path: '/v1/audio-isolation',
    headers: { 'xi-api-key': 'sk_x' },
    body: (name) => recordingNamed(name, 'audio'),
  },
  {
    simulator: 'openai',
    path: '/v1/audio/transcriptions',
    headers: bearer('sk-x'),
    body: (name) => recordingNamed(name, 'file', { model: 'gpt-4o-transcribe' }),
  },
  ...Object.entries({
    deepseek: ['/chat/completions', 'sk-sandbox', 'deepseek-flash'],
    mistral: ['/v1/chat/completions', 'sandbox-key', 'mistral-large-4'],
    groq: ['/openai/v1/chat/completions', 'gsk_sandbox', 'openai/gpt-oss-120b'],
    together: ['/v1/chat/completions', 'sandbox-key', 'moonshotai/Kimi-K3'],
    xai: ['/v1/chat/completions', 'xai-sandbox', 'grok-4.7'],
    openrouter: ['/api/v1/chat/completions', 'sk-or-v1-x', 'anthropic/claude-sonnet-5.5'],
  }).map(([simulator, [path = '', key = '', model = '']]) => ({
    simulator,
    path,
    headers: bearer(key),
    body: words(model),
  })),
];
