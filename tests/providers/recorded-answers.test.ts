import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chatUnits } from '#server/providers/chat-completions/usage.ts';
import { elevenlabsFault } from '#server/providers/elevenlabs/faults.ts';
import { Transcript } from '#server/providers/elevenlabs/wire.ts';
import { geminiUnits } from '#server/providers/google/usage.ts';
import { Content } from '#server/providers/google/wire.ts';
import { ImageReply } from '#server/providers/openai/wire.ts';
import { ProviderFault } from '#server/providers/provider.ts';

/**
 * Answers that the providers themselves published or that were recorded from them: evidence that nobody here wrote.
 * They are read where they lie (`MLUEN_SPECS`) and are no part of the project.
 */
const file = join(
  process.env.MLUEN_SPECS ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'specs'),
  'samples.json',
);
const missing = !existsSync(file);

interface Sample {
  title: string;
  status?: number;
  response?: unknown;
  stream?: unknown[];
}
type Samples = Record<string, Record<string, Sample[]>>;
const samples: Samples = missing ? {} : (JSON.parse(readFileSync(file, 'utf8')) as Samples);
const of = (provider: string, operation: string): Sample[] =>
  Object.entries(samples[provider] ?? {})
    .filter(([name]) => name.includes(operation))
    .flatMap(([, each]) => each);

test.skipIf(missing)('recorded answers of Gemini are read whole, and every token is counted once', () => {
  const replies = of('gemini', 'enerateContent')
    .filter(({ status }) => status === 200)
    .flatMap(({ response, stream }) => stream ?? [response]);
  expect(replies.length).toBeGreaterThan(10);
  for (const reply of replies) {
    const { usageMetadata } = Content.parse(reply);
    if (usageMetadata == null) continue;
    const counted = Object.values(geminiUnits(usageMetadata)).reduce((sum, count) => sum + count, 0n);
    const { totalTokenCount } = (reply as { usageMetadata: { totalTokenCount: number } }).usageMetadata;
    expect(Number(counted)).toBe(totalTokenCount);
  }
});

test.skipIf(missing)('OpenAI’s own examples of usage add up to their totals', () => {
  const usages = of('openai', 'POST /chat/completions')
    .map(({ response }) => (response as { usage?: { total_tokens: number } } | undefined)?.usage)
    .filter((usage) => usage !== undefined);
  expect(usages.length).toBeGreaterThan(0);
  for (const usage of usages) {
    const counted = Object.values(chatUnits(usage)).reduce((sum, count) => sum + count, 0n);
    expect(Number(counted)).toBe(usage.total_tokens);
  }
  const pictures = of('openai', 'POST /images/generations').filter(({ response }) => response !== undefined);
  for (const { response } of pictures) ImageReply.parse(response);
});

test.skipIf(missing)(
  'ElevenLabs’ own examples: a transcript is read, an error is a fault of its kind',
  () => {
    const transcripts = of('elevenlabs', 'POST /v1/speech-to-text');
    for (const { status, response } of transcripts.filter((each) => each.status === 200))
      expect([
        status,
        Transcript.safeParse(response).success || 'transcripts' in (response as object),
      ]).toEqual([200, true]);
    for (const { status, response } of of('elevenlabs', 'GET /v1').filter(
      (each) => (each.status ?? 0) >= 400,
    )) {
      const fault = elevenlabsFault(status!, {}, Buffer.from(JSON.stringify(response)));
      expect(fault).toBeInstanceOf(ProviderFault);
      if (status === 401) expect(fault.kind).toBe('auth');
    }
  },
);
