import { GoogleGenAI } from '@google/genai';
import { fileTypeFromBuffer } from 'file-type';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { startGoogle } from './google.ts';

/** Films of Gemini Omni through Google's own client: begun, asked for, read, cancelled. */
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startGoogle({ paceMs: 0 });
});
afterAll(() => simulator.close());

const client = (apiVersion?: string) =>
  new GoogleGenAI({ apiKey: 'AIza-test', apiVersion, httpOptions: { baseUrl: simulator.url } });
const advance = (advanceSeconds: number) =>
  fetch(`${simulator.url}/_control/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });

type Asked = Parameters<GoogleGenAI['interactions']['create']>[0];
const asked = (more: object = {}) =>
  ({
    model: 'gemini-omni-1.1-flash',
    background: true,
    input: 'Waves',
    response_format: { type: 'video', delivery: 'inline', duration: '3s', resolution: '360p' },
    ...more,
  }) as Asked & { stream?: false };
async function made(more: object, ai = client()) {
  const { id, status } = await ai.interactions.create(asked(more));
  expect(['queued', 'in_progress']).toContain(status);
  await advance(10);
  return ai.interactions.get(id!);
}
const typeOf = async (bytes: ArrayBuffer | Buffer) =>
  (await fileTypeFromBuffer(Buffer.from(bytes as Buffer)))?.mime;

describe.each([undefined, 'v1'])('version %s', (apiVersion) => {
  test('a film comes inside the answer, and its tokens are counted', async () => {
    const { status, output_video: film, usage } = await made({}, client(apiVersion));
    expect(status).toBe('completed');
    expect(await typeOf(Buffer.from(film!.data!, 'base64'))).toBe('video/mp4');
    expect(usage!.total_output_tokens).toBeGreaterThan(0);
    expect(usage!.output_tokens_by_modality).toMatchObject([{ modality: 'video' }]);
  });
});

const picture = { type: 'image', data: 'AAAA', mime_type: 'image/png' };
const clip = { type: 'video', uri: 'https://films.example/a.mp4', mime_type: 'video/mp4' };
const words = { type: 'text', text: 'It moves.' };
test.each([
  ['image_to_video', [picture, words]],
  ['reference_to_video', [picture, picture, words]],
  ['extend', [clip, words]],
  ['edit', [clip, words]],
])('%s: the film lies at an address that the key alone opens', async (task, input) => {
  const { output_video: film } = await made({
    input,
    generation_config: { video_config: { task } },
    response_format: {
      type: 'video',
      delivery: 'uri',
      duration: '3s',
      resolution: '360p',
      aspect_ratio: '9:16',
    },
  });
  expect(film!.data).toBeUndefined();
  expect((await fetch(film!.uri!)).ok).toBe(false);
  const read = await fetch(film!.uri!, { headers: { 'x-goog-api-key': 'AIza-test' } });
  expect(await typeOf(await read.arrayBuffer())).toBe('video/mp4');
});

test('one that is cancelled stays so, and one that is deleted is gone', async () => {
  const ai = client();
  const { id } = await ai.interactions.create(asked());
  expect((await ai.interactions.cancel(id!)).status).toBe('cancelled');
  await advance(10);
  expect((await ai.interactions.get(id!)).status).toBe('cancelled');
  await ai.interactions.delete(id!);
  await expect(ai.interactions.get(id!)).rejects.toMatchObject({ status: 400 });
});

test('what the rules decline is completed without a film, or failed with a word for it', async () => {
  const declined = await made({ input: '[sandbox:refuse]' });
  expect(declined).toMatchObject({ status: 'completed', output_text: expect.stringContaining('cannot') });
  expect(declined.output_video).toBeUndefined();
  expect((await made({ input: '[sandbox:error]' })).status).toBe('failed');
});

test.each([
  ['seconds as a number', { response_format: { type: 'video', duration: 5 } }, 'duration'],
  ['eleven seconds', { response_format: { type: 'video', duration: '11s' } }, 'between'],
  ['an extension of nothing', { generation_config: { video_config: { task: 'extend' } } }, 'needs a video'],
])('%s is refused', async (_what, more, why) => {
  const refusal = expect(client().interactions.create(asked(more))).rejects;
  await refusal.toMatchObject({ status: 400, message: expect.stringContaining(why) });
});
