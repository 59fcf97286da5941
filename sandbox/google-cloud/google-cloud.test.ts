import { fileTypeFromBuffer } from 'file-type';
import { importPKCS8, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { startGoogleCloud } from './google-cloud.ts';

let simulator: Simulator;
let token: string;

beforeAll(async () => {
  simulator = await startGoogleCloud();
  const account = (await (await fetch(`${simulator.url}/_control/service-account`)).json()) as {
    private_key: string;
    client_email: string;
    token_uri: string;
  };
  const assertion = await new SignJWT({ scope: 'https://www.googleapis.com/auth/cloud-platform' })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(account.client_email)
    .setAudience(account.token_uri)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importPKCS8(account.private_key, 'RS256'));
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  token = (
    (await (await fetch(account.token_uri, { method: 'POST', body })).json()) as { access_token: string }
  ).access_token;
});
afterAll(() => simulator.close());

const model = 'veo-3.1-generate-001';
const call = async (verb: string, body: object, bearer = token) => {
  const reply = await fetch(
    `${simulator.url}/v1/projects/p/locations/us-central1/publishers/google/models/${model}:${verb}`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
      body: JSON.stringify(body),
    },
  );
  return {
    status: reply.status,
    ...((await reply.json()) as {
      name: string;
      done?: boolean;
      error?: object;
      response?: { videos?: { bytesBase64Encoded: string }[]; raiMediaFilteredCount: number };
    }),
  };
};
const start = (prompt: string, parameters: object = {}) =>
  call('predictLongRunning', {
    instances: [{ prompt }],
    parameters: { sampleCount: 1, durationSeconds: 4, ...parameters },
  });
const advance = (advanceSeconds: number) =>
  fetch(`${simulator.url}/_control/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });

test('a video runs, ends, and comes inside the answer', async () => {
  const { name } = await start('Waves');
  expect((await call('fetchPredictOperation', { operationName: name })).done).toBeUndefined();
  await advance(10);
  const done = await call('fetchPredictOperation', { operationName: name });
  const bytes = Buffer.from(done.response?.videos?.[0]?.bytesBase64Encoded ?? '', 'base64');
  expect((await fileTypeFromBuffer(bytes))?.mime).toBe('video/mp4');
});

test('a filtered video is done without videos, a failed one with an error', async () => {
  const filtered = await start('[sandbox:refuse]');
  const failed = await start('[sandbox:error]');
  await advance(10);
  expect((await call('fetchPredictOperation', { operationName: filtered.name })).response).toMatchObject({
    raiMediaFilteredCount: 1,
  });
  expect((await call('fetchPredictOperation', { operationName: failed.name })).error).toMatchObject({
    code: 13,
  });
});

test.each([[{ durationSeconds: 5 }], [{ resolution: '1080p' }], [{ sampleCount: 5 }], [{ colour: 1 }]])(
  '%o is refused',
  async (parameters) => {
    expect((await start('x', parameters)).status).toBe(400);
  },
);

const picture = { bytesBase64Encoded: 'eA==', mimeType: 'image/png' };
const references = { referenceImages: [{ image: picture, referenceType: 'asset' }] };

test.each([
  [references, 4, 'Reference images need a duration of 8 seconds.'],
  [{ ...references, image: picture }, 8, 'are not supported together with referenceImages'],
  [{ video: { ...picture, mimeType: 'video/mp4' } }, 6, 'Video extension needs a duration of 8 seconds.'],
])('an instance with %o of %i seconds is refused', async (instance, durationSeconds, words) => {
  const refused = await call('predictLongRunning', {
    instances: [{ prompt: 'x', ...instance }],
    parameters: { sampleCount: 1, durationSeconds },
  });
  expect(refused).toMatchObject({ status: 400, error: { message: expect.stringContaining(words) } });
});

test('a token of the service account is demanded, and ends after an hour', async () => {
  expect((await call('predictLongRunning', {}, 'ya29.other')).status).toBe(401);
  await advance(3601);
  expect((await start('x')).status).toBe(401);
});
