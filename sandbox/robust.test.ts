import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Sandbox, startSandbox } from './start.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  // What could not be read is told on the error output, and here that is most of it.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Where bodies go in, with a good key and a body that is taken. */
const doors: [
  simulator: string,
  path: string,
  headers: Record<string, string>,
  good: Record<string, unknown>,
][] = [
  [
    'openai',
    '/v1/chat/completions',
    bearer('sk-x'),
    { model: 'gpt-4o', messages: [{ role: 'user', content: 'x' }], n: 1, tools: [], stop: 'y' },
  ],
  [
    'openai',
    '/v1/responses',
    bearer('sk-x'),
    { model: 'gpt-6-luna', input: [{ role: 'user', content: 'x' }], reasoning: {}, text: {}, tools: [] },
  ],
  [
    'openai',
    '/v1/images/generations',
    bearer('sk-x'),
    { model: 'gpt-image-2', prompt: '', size: '1024x1024', n: 0 },
  ],
  ['openai', '/v1/audio/speech', bearer('sk-x'), { model: 'tts-1', input: 'x', voice: 'alloy', speed: 1 }],
  [
    'anthropic',
    '/v1/messages',
    { 'x-api-key': 'sk-ant-x', 'anthropic-version': '2023-06-01' },
    {
      model: 'claude-sonnet-5',
      max_tokens: 20,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }],
      tools: [],
      thinking: { type: 'adaptive' },
    },
  ],
  [
    'google',
    '/v1beta/models/gemini-3.8-flash:generateContent',
    { 'x-goog-api-key': 'AIza' },
    {
      contents: [{ role: 'user', parts: [{ text: 'x' }] }],
      generationConfig: { maxOutputTokens: 20 },
      tools: [],
    },
  ],
  [
    'google',
    '/v1beta/interactions',
    { 'x-goog-api-key': 'AIza' },
    {
      model: 'gemini-omni-1.1-flash',
      background: true,
      input: [{ type: 'text', text: 'x [sandbox:seconds=0]' }],
      response_format: { type: 'video' },
    },
  ],
  [
    'flux',
    '/v1/flux-2-pro',
    { 'x-key': 'sandbox-key' },
    { prompt: 'x', width: 64, height: 64, input_image: 'eA==' },
  ],
  [
    'kling',
    '/text-to-video/kling-3.0',
    bearer('sandbox-key'),
    { prompt: 'x', settings: { duration: 5 }, options: {} },
  ],
  [
    'kling',
    '/image-to-video/kling-3.0',
    bearer('sandbox-key'),
    { contents: [{ type: 'prompt', text: 'x' }], settings: {} },
  ],
  ['kling', '/v1/images/generations', bearer('sandbox-key'), { prompt: 'x', n: 1 }],
  [
    'seedance',
    '/api/v3/contents/generations/tasks',
    bearer('sandbox-key'),
    { model: 'dreamina-seedance-2-0-260128', content: [{ type: 'text', text: 'x' }], duration: 5 },
  ],
  [
    'seedance',
    '/api/v3/images/generations',
    bearer('sandbox-key'),
    { model: 'seedream-4-5-251128', prompt: 'x', size: '1K' },
  ],
  [
    'qwen',
    '/compatible-mode/v1/chat/completions',
    bearer('sk-x'),
    { model: 'qwen3.7-plus', messages: [{ role: 'user', content: 'x' }] },
  ],
  [
    'qwen',
    '/api/v1/services/aigc/multimodal-generation/generation',
    bearer('sk-x'),
    {
      model: 'qwen-image-3.0',
      input: { messages: [{ role: 'user', content: [{ text: 'x' }] }] },
      parameters: { n: 1 },
    },
  ],
  [
    'qwen',
    '/api/v1/services/aigc/video-generation/video-synthesis',
    { ...bearer('sk-x'), 'x-dashscope-async': 'enable' },
    { model: 'wan2.7-t2v', input: { prompt: 'x', media: [] }, parameters: { duration: 5 } },
  ],
  [
    'elevenlabs',
    '/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb',
    { 'xi-api-key': 'sk_x' },
    { text: 'x', voice_settings: { speed: 1 } },
  ],
  ['elevenlabs', '/v1/music', { 'xi-api-key': 'sk_x' }, { prompt: 'x', music_length_ms: 3000 }],
  ['elevenlabs', '/v1/sound-generation', { 'xi-api-key': 'sk_x' }, { text: 'x', duration_seconds: 1 }],
  [
    'openai-compatible',
    '/v1/chat/completions',
    {},
    { model: 'llama4:8b', messages: [{ role: 'user', content: 'x' }] },
  ],
  [
    'deepseek',
    '/chat/completions',
    bearer('sk-sandbox'),
    { model: 'deepseek-flash', messages: [{ role: 'user', content: 'x' }], thinking: {} },
  ],
  [
    'mistral',
    '/v1/chat/completions',
    bearer('sandbox-key'),
    { model: 'mistral-large-4', messages: [{ role: 'user', content: 'x' }] },
  ],
  ['fal', '/fal-ai/flux-2-pro', { authorization: 'Key sandbox-key' }, { prompt: 'x', image_size: 'square' }],
  [
    'replicate',
    '/v1/models/black-forest-labs/flux-2-pro/predictions',
    bearer('r8_x'),
    { input: { prompt: 'x' }, webhook: null },
  ],
];

/** A body with one field, at any depth up to three, replaced by something else. */
const spoiled = (good: Record<string, unknown>) =>
  fc
    .tuple(fc.array(fc.nat(9), { minLength: 0, maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }))
    .map(([path, value]) => {
      const body = structuredClone(good) as Record<string, unknown>;
      let node: Record<string, unknown> = body;
      for (const [depth, step] of path.entries()) {
        const names = Object.keys(node);
        const name = names[step % Math.max(1, names.length)];
        if (name === undefined) break;
        const inner = node[name];
        if (depth === path.length - 1 || typeof inner !== 'object' || inner === null) {
          node[name] = value;
          return body;
        }
        node = inner as Record<string, unknown>;
      }
      return path.length === 0 ? value : body;
    });

test.each(doors)(
  '%s %s has an answer of the provider for any body',
  async (simulator, path, headers, good) => {
    await fc.assert(
      fc.asyncProperty(spoiled(good), async (body) => {
        const reply = await fetch(`${sandbox.urls[simulator]}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        });
        const said = await reply.text();
        expect(said, JSON.stringify(body)).not.toContain('sandbox_error');
      }),
      { numRuns: 40 },
    );
  },
);
