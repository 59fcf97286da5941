import { createFalClient } from '@fal-ai/client';
import { fileTypeFromBuffer } from 'file-type';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { melodyFor, pcmOf, wavOf } from '../kit/sound.ts';
import type { Simulator } from '../simulator.ts';
import { startFal } from './fal.ts';
import { endpoints } from './models.ts';

/** The official client drives every endpoint that the sandbox serves. */
let simulator: Simulator;
let client: ReturnType<typeof createFalClient>;

beforeAll(async () => {
  simulator = await startFal();
  client = createFalClient({
    credentials: 'sandbox:key',
    requestMiddleware: async (request) => ({
      ...request,
      url: request.url.replace(/^https:\/\/[^/]*fal\.(run|ai)/, simulator.url),
    }),
  });
});
afterAll(() => simulator.close());

const picture = 'data:image/png;base64,iVBORw0KGgo=';
const recording = `data:audio/wav;base64,${wavOf(pcmOf(melodyFor('x', 2), 16_000), 16_000).toString('base64')}`;
const given: Record<string, unknown> = {
  prompt: 'A lamp [sandbox:seconds=0]',
  text: 'Good morning [sandbox:seconds=0]',
  image_url: picture,
  image_urls: [picture],
  start_image_url: picture,
  audio_url: recording,
};

interface Made {
  images?: { url: string }[];
  image?: { url: string };
  video?: { url: string };
  audio?: { url: string };
  text?: string;
}

test.each(Object.entries(endpoints))('%s', async (endpoint, { model }) => {
  // The shortest and smallest that each takes: this is about the wire.
  const small = {
    image: {},
    video: 'resolution' in model.fields ? { resolution: '720p' } : {},
    audio: {},
    text: {},
  }[model.kind];
  const needed = [...model.needs, ...('prompt' in model.fields ? ['prompt'] : [])];
  const input = { ...Object.fromEntries(needed.map((name) => [name, given[name]])), ...small };
  const { request_id: requestId } = await client.queue.submit(endpoint, { input });
  await fetch(`${simulator.url}/_control/clock`, { method: 'POST', body: '{"advanceSeconds":10}' });
  const status = await client.queue.status(endpoint, { requestId, logs: true });
  expect(status).toMatchObject({ status: 'COMPLETED', request_id: requestId });
  const { data } = (await client.queue.result(endpoint, { requestId })) as { data: Made };
  if (model.kind === 'text') {
    expect(data.text).toMatch(/\w/);
    return;
  }
  const file = data.images?.[0] ?? data.image ?? data.video ?? data.audio;
  const bytes = Buffer.from(await (await fetch(file!.url)).arrayBuffer());
  expect((await fileTypeFromBuffer(bytes))?.mime).toMatch(new RegExp(`^${model.kind}/`));
});

test('a request is called off', async () => {
  const endpoint = 'fal-ai/veo3.1';
  const input = { prompt: 'Waves [sandbox:seconds=600]' };
  const { request_id: requestId } = await client.queue.submit(endpoint, { input });
  await client.queue.cancel(endpoint, { requestId });
  await expect(client.queue.result(endpoint, { requestId })).rejects.toThrow();
});

test('what does not fit is told field by field', async () => {
  const input = { prompt: 'Waves', duration: '5s' };
  const refused = client.subscribe('fal-ai/veo3.1', { input: input as never });
  await expect(refused).rejects.toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['body', 'duration'] }] },
  });
});

test('what is asked for is heard, and not when it is not', async () => {
  const videoOf = async (generate_audio: boolean) => {
    const input = { prompt: 'Rain [sandbox:seconds=0]', generate_audio };
    const { data } = (await client.subscribe('fal-ai/veo3.1', { input, pollInterval: 50 })) as { data: Made };
    return Buffer.from(await (await fetch(data.video!.url)).arrayBuffer());
  };
  expect((await videoOf(true)).includes('soun')).toBe(true);
  expect((await videoOf(false)).includes('soun')).toBe(false);
});
