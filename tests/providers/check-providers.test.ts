import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnthropic } from '#sandbox/anthropic/anthropic.ts';
import { startElevenLabs } from '#sandbox/elevenlabs/elevenlabs.ts';
import { startGoogle } from '#sandbox/google/google.ts';
import { startOpenAi } from '#sandbox/openai/openai.ts';
import { startCommercialHost } from '#sandbox/openai-compatible/commercial.ts';
import { startOpenAiCompatible } from '#sandbox/openai-compatible/openai-compatible.ts';

/** `npm run check:providers`, with simulators in the place of the real hosts. */
interface Host {
  url: string;
  close(): Promise<void>;
}
let hosts: Record<'openai' | 'anthropic' | 'google' | 'elevenlabs' | 'openrouter' | 'local', Host>;
let settings: Record<string, string>;
beforeAll(async () => {
  hosts = {
    openai: await startOpenAi({ paceMs: 0 }),
    anthropic: await startAnthropic({ paceMs: 0 }),
    google: await startGoogle({ paceMs: 0 }),
    elevenlabs: await startElevenLabs(),
    openrouter: await startCommercialHost('openrouter', { paceMs: 0 }),
    local: await startOpenAiCompatible({ paceMs: 0 }),
  };
  settings = {
    OPENAI_API_KEY: 'sk-test',
    OPENAI_BASE_URL: `${hosts.openai.url}/v1`,
    ANTHROPIC_API_KEY: 'sk-ant-test',
    ANTHROPIC_BASE_URL: hosts.anthropic.url,
    GEMINI_API_KEY: 'AIza-test',
    GEMINI_BASE_URL: `${hosts.google.url}/v1beta`,
    ELEVENLABS_API_KEY: 'sk_test',
    ELEVENLABS_BASE_URL: hosts.elevenlabs.url,
    OPENROUTER_API_KEY: 'sk-or-v1-test',
    OPENROUTER_BASE_URL: `${hosts.openrouter.url}/api/v1`,
    LOCAL_BASE_URL: `${hosts.local.url}/v1`,
  };
});
afterAll(() => Promise.all(Object.values(hosts).map((host) => host.close())));

function check(
  parts: string[],
  environment: Record<string, string> = settings,
  typed = '',
): Promise<{ code: number | null; output: string }> {
  const script = join(import.meta.dirname, '../../scripts/check-providers.ts');
  const child = spawn(process.execPath, [script, ...parts], {
    env: { PATH: process.env.PATH, ...environment },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  child.stdin.end(typed);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

test('every operation of every host is tried, tools with their seals too, and a wrong key refused', async () => {
  const { code, output } = await check([
    '--yes',
    '--limit',
    '5',
    '--only',
    'openai,anthropic,elevenlabs,openrouter,local',
  ]);
  expect(output).not.toContain('FAILED');
  expect(code).toBe(0);
  const done = output.split('\n').filter((line) => line.startsWith('ok'));
  for (const wanted of [
    /openai\/gpt-6-luna \(tools\).*weather_in called/,
    /openai\/gpt-image-1-mini/,
    /openai\/(gpt-4o-mini-)?tts/,
    /openai\/(whisper|gpt-transcribe)/,
    /anthropic\/claude-haiku-5-5 \(tools\).*1 seals handed back/,
    /elevenlabs\/.*bytes/,
    /openrouter\/.*charged_microdollar/,
    /local\/.* 0\.0000 USD/,
    /openai {2}refuses a wrong key/,
    /anthropic {2}refuses a wrong key/,
  ])
    expect(
      done.some((line) => wanted.test(line)),
      String(wanted),
    ).toBe(true);
}, 120_000);

test('the most that it can cost is said before it asks, and nothing is called without a yes', async () => {
  await fetch(`${hosts.openai.url}/_control/requests`, { method: 'DELETE' });
  const { code, output } = await check(['--only', 'openai'], settings, 'n\n');
  expect(output).toMatch(/openai\/gpt-6-luna +at most \d+\.\d{4} USD/);
  expect(output).toMatch(/All together at most 0\.\d{4} USD, of a limit of 1\.0000 USD\.\nGo on\?/);
  expect(code).toBe(1);
  const { requests } = (await (await fetch(`${hosts.openai.url}/_control/requests`)).json()) as {
    requests: unknown[];
  };
  expect(requests).toEqual([]);
});

test('what does not fit the limit is left out and named, the cheapest first', async () => {
  const { code, output } = await check(['--yes', '--limit', '0.002', '--only', 'openai']);
  expect(output).toMatch(/openai\/gpt-image-1-mini .*left out: at most .* beyond the limit/);
  expect(output).toMatch(/^ok +openai\/gpt-6-luna/m);
  expect(code).toBe(0);
});

test('a host that answers wrongly fails the check', async () => {
  const fault = { match: { path: '/chat/completions' }, times: 9, fault: { usageFactor: 1000 } };
  await fetch(`${hosts.openai.url}/_control/faults`, { method: 'POST', body: JSON.stringify(fault) });
  const { code, output } = await check(['--yes', '--limit', '0.001', '--only', 'openai']);
  await fetch(`${hosts.openai.url}/_control/faults`, { method: 'DELETE' });
  expect(output).toContain('it used more than would have been held');
  expect(code).toBe(1);
});

test('without a key there is nothing to check, and an amount that is none is refused', async () => {
  expect(await check([], {})).toMatchObject({
    code: 0,
    output: expect.stringContaining('No provider key is set'),
  });
  expect((await check(['--limit', 'much'])).output).toContain('--limit is an amount in US dollars');
});
