import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { melodyFor, pcmOf, wavOf } from '../kit/sound.ts';
import { film } from '../kit/video.ts';
import type { Simulator } from '../simulator.ts';
import { startKling } from './kling.ts';

let simulator: Simulator;
let portrait: string;
let clip: string;
const host = createServer();

beforeAll(async () => {
  simulator = await startKling();
  const red = sharp({ create: { width: 400, height: 400, channels: 3, background: 'red' } });
  portrait = (await red.png().toBuffer()).toString('base64');
  const bytes = await film({ prompt: 'a face', width: 960, height: 960, seconds: 5 });
  host.on('request', (_, answer) => answer.writeHead(200, { 'content-type': 'video/mp4' }).end(bytes));
  await new Promise<void>((ready) => host.listen(0, '127.0.0.1', ready));
  clip = `http://127.0.0.1:${(host.address() as AddressInfo).port}/face.mp4`;
});
afterAll(async () => {
  host.close();
  await simulator.close();
});

const sound = wavOf(pcmOf(melodyFor('x', 3), 16_000), 16_000).toString('base64');

interface Task {
  task_id: string;
  task_status: string;
  final_unit_deduction: string;
  task_result: {
    videos?: { url: string; duration: string }[];
    audios?: { url_mp3?: string; url?: string }[];
  };
  session_id: string;
  face_data: { face_id: string }[];
}

const send = async (method: string, path: string, body?: unknown) => {
  const reply = await fetch(`${simulator.url}/v1/${path}`, {
    method,
    headers: { authorization: 'Bearer api-key-sandbox' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await reply.json()) as { code: number; message: string; data: Task };
};
const made = async (path: string, body: unknown) => {
  const { data, message } = await send('POST', path, body);
  expect(data?.task_id, message).toBeDefined();
  await fetch(`${simulator.url}/_control/clock`, { method: 'POST', body: '{"advanceSeconds":10}' });
  return (await send('GET', `${path}/${data.task_id}`)).data;
};
const bytesAt = async (url: string | undefined) => Buffer.from(await (await fetch(url ?? '')).arrayBuffer());

test('an avatar speaks as long as its sound, and is heard', async () => {
  const done = await made('videos/avatar/image2video', { image: portrait, sound_file: sound, mode: 'pro' });
  expect(done).toMatchObject({ task_status: 'succeed', final_unit_deduction: '2.4' });
  const bytes = await bytesAt(done.task_result.videos?.[0]?.url);
  expect((await fileTypeFromBuffer(bytes))?.mime).toBe('video/mp4');
  expect(bytes.includes('soun')).toBe(true);
  expect(await send('POST', 'videos/avatar/image2video', { image: portrait })).toMatchObject({ code: 1201 });
});

test('lips follow a sound, once a face was found in the clip', async () => {
  const { data, message } = await send('POST', 'videos/identify-face', { video_url: clip });
  expect(data?.session_id, message).toBeDefined();
  const face = { face_id: data.face_data[0]?.face_id, sound_file: sound, sound_insert_time: 0 };
  const done = await made('videos/advanced-lip-sync', { session_id: data.session_id, face_choose: [face] });
  expect(done).toMatchObject({ task_status: 'succeed', final_unit_deduction: '0.5' });
  const bytes = await bytesAt(done.task_result.videos?.[0]?.url);
  expect(bytes.includes('soun')).toBe(true);
  expect(
    await send('POST', 'videos/advanced-lip-sync', { session_id: 'unknown', face_choose: [face] }),
  ).toMatchObject({ code: 1201 });
});

test('speech is answered at once', async () => {
  const { data } = await send('POST', 'audio/tts', { text: 'Good morning', voice_id: 'x' });
  expect(data.task_status).toBe('succeed');
});
