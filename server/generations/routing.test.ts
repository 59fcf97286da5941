import { expect, test } from 'vitest';
import { fullUntil } from '#server/providers/limit-headers.ts';
import { ProviderFault } from '#server/providers/provider.ts';
import { providers } from '#server/providers/registry.ts';
import { createRouting } from './routing.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

/** Routing over these settings, with a clock that is set and chance that is told. */
function routingOf(settings: Record<string, string>, chances: number[] = [], simulators = {}) {
  let now = NOW;
  const routing = createRouting(
    providers,
    {
      mode: Object.keys(simulators).length > 0 ? 'sandbox' : 'production',
      providerSetting: (name) => settings[name],
    },
    simulators,
    { now: () => now, random: () => chances.shift() ?? 0 },
  );
  return {
    ...routing,
    pass(ms: number) {
      now += ms;
    },
    picked: (wanted = {}) => routing.pick('openai', { modelId: 'm', ...wanted }).route?.id ?? null,
  };
}

const TWO = {
  OPENAI_API_KEY: 'sk-one',
  OPENAI_REGION: 'US',
  OPENAI_API_KEY_2: 'sk-two',
  OPENAI_BASE_URL_2: 'https://eu.api.openai.com/v1',
  OPENAI_REGION_2: 'EU',
  OPENAI_WEIGHT_2: '300',
};
const fault = (kind: ProviderFault['kind'], retryAfterMs?: number) =>
  new ProviderFault(kind, 'as told', { accepted: 'no', retryAfterMs });

test('numbered settings are further routes of a provider, each with key, host and region', () => {
  const { routesOf } = routingOf(TWO);
  expect(routesOf('openai')).toMatchObject([
    { id: 'openai-1', key: 'sk-one', baseUrl: 'https://api.openai.com/v1', region: 'US', weight: 100 },
    { id: 'openai-2', key: 'sk-two', baseUrl: 'https://eu.api.openai.com/v1', region: 'EU', weight: 300 },
  ]);
});

test('a route at another host must name its region, and a weight must be a number', () => {
  const { OPENAI_REGION_2: _, ...nameless } = TWO;
  expect(() => routingOf(nameless)).toThrow(/OPENAI_REGION_2 is missing/);
  expect(() => routingOf({ ...TWO, OPENAI_WEIGHT_2: 'much' })).toThrow(/OPENAI_WEIGHT_2/);
});

test('a second key at the same host takes the rest from the first', () => {
  const { routesOf } = routingOf({
    OPENAI_API_KEY: 'sk-one',
    OPENAI_REGION: 'US',
    OPENAI_API_KEY_2: 'sk-two',
  });
  expect(routesOf('openai')[1]).toMatchObject({
    key: 'sk-two',
    region: 'US',
    baseUrl: 'https://api.openai.com/v1',
  });
});

test('further simulators are further routes of a sandbox', () => {
  const { routesOf } = routingOf({ OPENAI_REGION_2: 'EU' }, [], {
    openai: 'http://127.0.0.1:1',
    'openai-2': 'http://127.0.0.1:2',
  });
  expect(routesOf('openai')).toMatchObject([
    { id: 'openai-sandbox', region: 'sandbox', sandbox: true },
    { id: 'openai-sandbox-2', region: 'EU', baseUrl: 'http://127.0.0.1:2/v1', sandbox: true },
  ]);
});

test('healthy routes share the calls by their weights', () => {
  const chances = Array.from({ length: 400 }, (_, index) => index / 400);
  const { picked } = routingOf(TWO, chances);
  const seen = Array.from({ length: 400 }, () => picked());
  expect(seen.filter((id) => id === 'openai-1')).toHaveLength(100);
  expect(seen.filter((id) => id === 'openai-2')).toHaveLength(300);
});

test('a route without weight serves only when no other can', () => {
  const { picked } = routingOf({ ...TWO, OPENAI_WEIGHT_2: '0' }, [0.999]);
  expect(picked()).toBe('openai-1');
  expect(picked({ not: new Set(['openai-1']) })).toBe('openai-2');
});

test('what staff set counts: a closed route takes nothing, a weight shares anew', () => {
  const routing = routingOf(TWO, [0.5]);
  routing.follow((id) => ({ open: id !== 'openai-2', weight: 100 }));
  expect(routing.picked()).toBe('openai-1');
  expect(routing.routesOf('openai').map(({ id }) => id)).toEqual(['openai-1']);
  routing.follow((id) => ({ open: true, weight: id === 'openai-1' ? 0 : 100 }));
  expect(routing.picked()).toBe('openai-2');
  routing.follow(() => ({ open: false, weight: 100 }));
  expect(routing.openProviders().has('openai')).toBe(false);
});

test('a region that is demanded is kept to, however it is written', () => {
  const { picked, pick } = routingOf(TWO, [0.99, 0.99]);
  expect(picked({ region: 'us' })).toBe('openai-1');
  expect(pick('openai', { region: 'JP' })).toEqual({ route: null, why: 'no_region' });
});

test('five faults in a row open the circuit; then one probe goes, and its end decides', () => {
  const { byId, failed, sent, succeeded, picked, pass } = routingOf({ OPENAI_API_KEY: 'sk-one' });
  const route = byId('openai-1')!;
  for (let at = 0; at < 4; at++) failed(route, fault('unknown'), 'm');
  expect(picked()).toBe('openai-1');
  failed(route, fault('timeout'), 'm');
  expect(picked()).toBeNull();
  pass(20_001);
  expect(picked()).toBe('openai-1');
  sent(route);
  expect(picked()).toBeNull(); // the probe is under way
  failed(route, fault('overloaded'), 'm');
  pass(20_001);
  expect(picked()).toBeNull(); // twice as long
  pass(20_001);
  sent(route);
  succeeded(route);
  expect(picked()).toBe('openai-1');
});

test('a probe that is never heard of again stands in nobody’s way for long', () => {
  const { byId, failed, sent, picked, pass } = routingOf({ OPENAI_API_KEY: 'sk-one' });
  const route = byId('openai-1')!;
  for (let at = 0; at < 5; at++) failed(route, fault('unknown'), 'm');
  pass(20_001);
  sent(route);
  expect(picked()).toBeNull();
  pass(30_001);
  expect(picked()).toBe('openai-1');
});

test('a refused key closes its route at once for that model, and the other serves', () => {
  const { byId, failed, picked } = routingOf(TWO, [0, 0]);
  failed(byId('openai-1')!, fault('auth'), 'm');
  expect(picked()).toBe('openai-2');
  expect(picked({ modelId: 'another' })).toBe('openai-1');
});

test('what a person asked for wrongly never counts against a provider', () => {
  const { byId, failed, picked, health } = routingOf({ OPENAI_API_KEY: 'sk-one' });
  for (let at = 0; at < 20; at++) {
    failed(byId('openai-1')!, fault('bad_input'), 'm');
    failed(byId('openai-1')!, fault('rejected_content'), 'm');
  }
  expect(picked()).toBe('openai-1');
  expect(health().find(({ route }) => route === 'openai-1')).toMatchObject({ open: true, failures: 0 });
});

test('a busy route is left alone for as long as it says, for that model; it is no sick one', () => {
  const { byId, failed, pick, picked, pass, health } = routingOf(TWO, [0, 0, 0, 0]);
  for (let at = 0; at < 9; at++) failed(byId('openai-1')!, fault('rate_limited', 30_000), 'm');
  expect(health().find(({ route }) => route === 'openai-1')).toMatchObject({ open: true, failures: 0 });
  expect(picked()).toBe('openai-2');
  expect(picked({ modelId: 'another' })).toBe('openai-1');
  failed(byId('openai-2')!, fault('rate_limited', 10_000), 'm');
  expect(pick('openai', { modelId: 'm' })).toEqual({ route: null, why: 'busy', retryAfterMs: 10_000 });
  pass(8_000);
  expect(pick('openai', { modelId: 'm' })).toMatchObject({ route: { id: 'openai-2' }, waitMs: 2_000 });
});

test('a route that says that nothing is left is not chosen before its time', () => {
  const { byId, heard, picked, pass } = routingOf(TWO, [0, 0, 0]);
  heard(byId('openai-1')!, 'm', {
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '6m0s',
  });
  expect(picked()).toBe('openai-2');
  pass(360_001);
  expect(picked()).toBe('openai-1');
});

test.each([
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1s' }, 1_000],
  [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '2m59.56s' }, 179_560],
  [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '120ms' }, 120],
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': 'soon' }, 1_000],
  [{ 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '1h' }, null],
  [
    {
      'anthropic-ratelimit-output-tokens-remaining': '0',
      'anthropic-ratelimit-output-tokens-reset': '2026-11-24T12:00:20Z',
    },
    20_000,
  ],
  [
    {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-24T11:59:59Z',
    },
    null,
  ],
  [{ 'x-ratelimit-remaining-req-minute': '0' }, 60_000],
  [{}, null],
])('limits beside an answer are read: %j', (headers, ms) => {
  expect(fullUntil(headers as Record<string, string>, NOW)).toBe(ms === null ? null : NOW + ms);
});
