import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draw } from './picture.ts';
import { melodyFor, mp3Of, pcmOf, wavOf } from './sound.ts';
import { adtsOf, flacOf, oggOpusOf } from './sound-containers.ts';
import { film } from './video.ts';

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args: sparticuz.args });
  page = await browser.newPage();
});
afterAll(() => browser.close());

const notes = melodyFor('A melody', 2);

/** Runs in the page: plays to the end, and tells length and size. A string, for the server's types know no browser. */
const playInPage = `async ([tag, base64, type]) => {
  const element = document.createElement(tag);
  element.muted = true;
  document.body.append(element);
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  element.src = URL.createObjectURL(new Blob([bytes], { type }));
  await new Promise((resolve, reject) => {
    element.onended = resolve;
    element.onerror = () => reject(new Error(element.error?.message ?? 'it does not play'));
    element.play().catch(reject);
  });
  return { seconds: Math.round(element.duration), width: element.videoWidth, height: element.videoHeight };
}`;
const hearInPage = `async (base64) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes.buffer);
  return Math.max(...sound.getChannelData(0).slice(0, 60000).map(Math.abs));
}`;
const showInPage = `async ([base64, type]) => {
  const image = new Image();
  image.src = 'data:' + type + ';base64,' + base64;
  await image.decode();
  return [image.naturalWidth, image.naturalHeight];
}`;

const inPage = (script: string, argument: unknown) =>
  page.evaluate(`(${script})(${JSON.stringify(argument)})`);

function play(tag: 'audio' | 'video', bytes: Buffer, type: string) {
  return inPage(playInPage, [tag, bytes.toString('base64'), type]);
}

test('a video plays to its end in a browser, in its size and length', async () => {
  const video = await film({ prompt: 'Waves', width: 640, height: 360, seconds: 2 });
  expect(await play('video', video, 'video/mp4')).toEqual({ seconds: 2, width: 640, height: 360 });
});

test('a video with sound plays to its end, and is heard', async () => {
  const about = { prompt: 'Waves', width: 320, height: 180, seconds: 3 };
  const video = await film({ ...about, hasSound: true });
  expect(await play('video', video, 'video/mp4')).toEqual({ seconds: 3, width: 320, height: 180 });
  expect(await inPage(hearInPage, video.toString('base64'))).toBeGreaterThan(0.05);
  await expect(inPage(hearInPage, (await film(about)).toString('base64'))).rejects.toThrow();
});

test.each([
  ['MP3', 'audio/mpeg', mp3Of(notes)],
  ['WAV', 'audio/wav', wavOf(pcmOf(notes, 24_000), 24_000)],
  ['FLAC', 'audio/flac', flacOf(pcmOf(notes, 24_000), 24_000)],
  ['Opus', 'audio/ogg', oggOpusOf(2)],
  ['AAC', 'audio/aac', adtsOf(2)],
])('%s plays to its end in a browser', async (_, type, bytes) => {
  expect(await play('audio', bytes, type)).toMatchObject({ seconds: 2 });
});

test('an MP3 is heard', async () => {
  const loudest = await inPage(hearInPage, mp3Of(notes).toString('base64'));
  expect(loudest).toBeGreaterThan(0.05);
});

test.each(['png', 'jpeg', 'webp', 'avif'] as const)('a picture as %s is shown', async (format) => {
  const picture = await draw({ prompt: 'A lamp', width: 320, height: 240, format });
  const size = await inPage(showInPage, [picture.toString('base64'), `image/${format}`]);
  expect(size).toEqual([320, 240]);
});
