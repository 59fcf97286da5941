/** Each kind of trouble has a model of its own, so that what the simulator counted tells where it came from. */
export interface Story {
  cause: string;
  weight: number;
  model: string;
  way: 'api' | 'stream' | 'leave' | 'studio' | 'twice';
  prompt: string;
}
export const stories: Story[] = [
  { cause: 'none', weight: 380, model: 'openai/gpt-5.4-mini', way: 'api', prompt: 'Tell me of rain' },
  {
    cause: 'none, streamed',
    weight: 230,
    model: 'mistral/mistral-small-2603',
    way: 'stream',
    prompt: 'Tell me of wind',
  },
  {
    cause: 'client leaves',
    weight: 50,
    model: 'openai/gpt-6-luna',
    way: 'leave',
    prompt: 'Tell me at length [sandbox:words=400]',
  },
  { cause: 'sent twice', weight: 60, model: 'openai/gpt-6-sol', way: 'twice', prompt: 'Tell me once' },
  {
    cause: 'provider error',
    weight: 20,
    model: 'anthropic/claude-haiku-5-5',
    way: 'studio',
    prompt: 'Fail [sandbox:500]',
  },
  {
    cause: 'fails after it began',
    weight: 10,
    model: 'anthropic/claude-sonnet-5',
    way: 'studio',
    prompt: 'Fail [sandbox:error]',
  },
  {
    cause: 'stream is cut',
    weight: 20,
    model: 'google/gemini-3.8-flash',
    way: 'studio',
    prompt: 'Cut [sandbox:cut]',
  },
  {
    cause: 'silent provider',
    weight: 10,
    model: 'qwen/qwen3.7-flash',
    way: 'studio',
    prompt: 'Wait [sandbox:silent]',
  },
  {
    cause: 'studio text',
    weight: 100,
    model: 'anthropic/claude-opus-5',
    way: 'studio',
    prompt: 'Tell me of the sea',
  },
  { cause: 'pictures', weight: 40, model: 'flux/flux-2-pro', way: 'studio', prompt: 'a lamp' },
  {
    cause: 'callback twice',
    weight: 20,
    model: 'flux/flux-2-max',
    way: 'studio',
    prompt: 'a lamp [sandbox:hook_twice]',
  },
  {
    cause: 'callback late',
    weight: 10,
    model: 'kling/kling-2.6',
    way: 'studio',
    prompt: 'a lamp [sandbox:hook_late]',
  },
  { cause: 'video', weight: 10, model: 'seedance/seedance-2.0-fast', way: 'studio', prompt: 'a lamp' },
  { cause: 'pictures at once', weight: 20, model: 'seedance/seedream-4.0', way: 'studio', prompt: 'a lamp' },
  { cause: 'speech', weight: 20, model: 'openai/tts-1', way: 'twice', prompt: 'good morning' },
];
