/** One kind of trouble, or none, and in which share of a thousand it is asked for. */
export interface Story {
  cause: string;
  weight: number;
  /** Faults are spread over providers and stand among calls that succeed: no circuit opens and hides the next ones. */
  models: string[];
  /**
   * `api` and `stream` through `/v1`, `leave` hangs up in the middle of the stream, `repeat` sends twice at once with one
   * idempotency key; `studio` by the studio's API, `twice` the same id twice at once, `stop` stopped by its person.
   */
  way: 'api' | 'stream' | 'leave' | 'repeat' | 'studio' | 'twice' | 'stop';
  /** What follows the mark; the phrases are those of `sandbox/kit/faults.ts`. */
  prompt: string;
}

const texts = [
  'openai/gpt-5.4-mini',
  'anthropic/claude-haiku-5-5',
  'google/gemini-3.8-flash',
  'qwen/qwen3.7-flash',
  'mistral/mistral-small-2603',
  'deepseek/deepseek-flash',
  'xai/grok-4.3',
];
const pictures = ['flux/flux-2-klein-4b', 'kling/kling-v3-image', 'qwen/qwen-image-2.0', 'flux/flux-2-pro'];
const picturesAtOnce = ['seedance/seedream-4.0', 'openai/gpt-image-1-mini', 'google/gemini-2.5-flash-image'];
const videos = [
  'kling/kling-2.6',
  'seedance/seedance-2.0-fast',
  'qwen/wan2.7-t2v',
  'google/gemini-omni-1.2-flash',
];
/** Of which calls back is sent. */
const called = ['flux/flux-2-klein-4b', 'kling/kling-2.6', 'seedance/seedance-2.0-fast', 'flux/flux-2-pro'];
const voices = ['openai/tts-1', 'elevenlabs/eleven-flash-v2-5', 'google/gemini-3.8-flash-tts'];

const soon = '[sandbox:seconds=1]';
const lamp = `a lamp on a table ${soon}`;

export const stories: Story[] = [
  { cause: 'none', weight: 215, models: texts, way: 'api', prompt: 'Tell me of rain' },
  { cause: 'none, streamed', weight: 165, models: texts, way: 'stream', prompt: 'Tell me of wind' },
  { cause: 'none, in the studio', weight: 90, models: texts, way: 'studio', prompt: 'Tell me of the sea' },
  {
    cause: 'client leaves',
    weight: 50,
    models: texts,
    way: 'leave',
    prompt: 'Tell me at length [sandbox:words=400]',
  },
  {
    cause: 'stopped by its person',
    weight: 20,
    models: texts,
    way: 'stop',
    prompt: 'Tell me all [sandbox:slow]',
  },
  {
    cause: 'job stopped by its person',
    weight: 6,
    models: pictures,
    way: 'stop',
    prompt: 'a lamp [sandbox:slow]',
  },
  { cause: 'sent twice', weight: 30, models: texts, way: 'twice', prompt: 'Tell me once' },
  { cause: 'sent twice, one key', weight: 25, models: texts, way: 'repeat', prompt: 'Tell me once' },
  { cause: 'provider error', weight: 8, models: texts, way: 'api', prompt: 'Fail [sandbox:500]' },
  {
    cause: 'provider error',
    weight: 6,
    models: [...texts, ...voices],
    way: 'studio',
    prompt: 'Fail [sandbox:503]',
  },
  { cause: 'provider busy', weight: 6, models: texts, way: 'stream', prompt: 'Fail [sandbox:429]' },
  { cause: 'fails after it began', weight: 10, models: texts, way: 'studio', prompt: 'Fail [sandbox:error]' },
  {
    cause: 'job fails',
    weight: 8,
    models: [...pictures, ...videos],
    way: 'studio',
    prompt: `${lamp} [sandbox:error]`,
  },
  {
    cause: 'withheld after the work',
    weight: 6,
    models: [...pictures, ...videos],
    way: 'studio',
    prompt: `${lamp} [sandbox:moderated]`,
  },
  {
    cause: 'refused',
    weight: 6,
    models: [...texts, ...picturesAtOnce],
    way: 'studio',
    prompt: 'Refuse [sandbox:refuse]',
  },
  { cause: 'stream is cut', weight: 12, models: texts, way: 'stream', prompt: 'Cut [sandbox:cut]' },
  { cause: 'stream is cut', weight: 10, models: texts, way: 'studio', prompt: 'Cut [sandbox:cut]' },
  { cause: 'silent provider', weight: 6, models: texts, way: 'stream', prompt: 'Wait [sandbox:silent]' },
  { cause: 'silent provider', weight: 6, models: texts, way: 'studio', prompt: 'Wait [sandbox:silent]' },
  { cause: 'answer lost', weight: 8, models: texts, way: 'api', prompt: 'Lose [sandbox:lost]' },
  {
    cause: 'answer lost',
    weight: 6,
    models: [...voices, ...picturesAtOnce],
    way: 'studio',
    prompt: 'Lose [sandbox:lost]',
  },
  {
    cause: 'submission lost',
    weight: 12,
    models: [...pictures, ...videos],
    way: 'studio',
    prompt: `${lamp} [sandbox:lost]`,
  },
  {
    cause: 'submission lost, called back late',
    weight: 6,
    models: called,
    way: 'studio',
    prompt: `${lamp} [sandbox:lost] [sandbox:hook_late]`,
  },
  {
    cause: 'submission lost, never called back',
    weight: 6,
    models: called,
    way: 'studio',
    prompt: `${lamp} [sandbox:lost] [sandbox:hook_never]`,
  },
  {
    cause: 'callback twice',
    weight: 15,
    models: called,
    way: 'studio',
    prompt: `${lamp} [sandbox:hook_twice]`,
  },
  { cause: 'callback late', weight: 8, models: called, way: 'studio', prompt: `${lamp} [sandbox:hook_late]` },
  {
    cause: 'callbacks reordered',
    weight: 12,
    models: called,
    way: 'studio',
    prompt: `${lamp} [sandbox:hook_reordered]`,
  },
  {
    cause: 'callback never',
    weight: 6,
    models: called,
    way: 'studio',
    prompt: `${lamp} [sandbox:hook_never]`,
  },
  {
    cause: 'callback forged',
    weight: 6,
    models: called,
    way: 'studio',
    prompt: `${lamp} [sandbox:hook_forged]`,
  },
  { cause: 'pictures', weight: 60, models: pictures, way: 'studio', prompt: lamp },
  { cause: 'pictures at once', weight: 40, models: picturesAtOnce, way: 'twice', prompt: 'a lamp' },
  { cause: 'video', weight: 25, models: videos, way: 'studio', prompt: lamp },
  { cause: 'speech', weight: 50, models: voices, way: 'twice', prompt: 'good morning' },
  {
    cause: 'sound',
    weight: 20,
    models: ['elevenlabs/eleven-text-to-sound-v2', 'kling/kling-text-to-audio'],
    way: 'studio',
    prompt: `rain ${soon}`,
  },
  {
    cause: 'music',
    weight: 12,
    models: ['elevenlabs/music-v2', 'elevenlabs/music-v1'],
    way: 'studio',
    prompt: 'a waltz',
  },
  {
    cause: 'transcription',
    weight: 20,
    models: ['openai/whisper-1', 'openai/gpt-4o-transcribe'],
    way: 'studio',
    prompt: 'names in it',
  },
];

/** A story by chance; `only` names a part of the causes that are wanted. */
export function aStory(only = ''): Story {
  const wanted = stories.filter(({ cause }) => cause.includes(only));
  let left = Math.random() * wanted.reduce((sum, { weight }) => sum + weight, 0);
  for (const story of wanted) {
    left -= story.weight;
    if (left < 0) return story;
  }
  throw new Error(`no story has a cause with ${only}`);
}
