import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#server/log.ts';
import { authorities } from '#server/privacy/authorities.ts';
import { authorityRoutes } from '#server/privacy/rights-routes.ts';
import { type TestApp, testApp } from '#tests/support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp(createLog('silent'), (server) => authorityRoutes(server));
});
afterAll(() => app.close());

const EEA = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO'.split(
  ' ',
);

test('9.7 every country of the EU and EEA, and each that is named, yields its authority and where that stands', async () => {
  const { status, json } = await app.call(null, 'GET', '/api/privacy/authorities');
  expect(status).toBe(200);
  const of = (country: string) => json.items.filter((one: { country: string }) => one.country === country);
  for (const country of [...EEA, 'GB', 'CH', 'KE', 'NG', 'ZA', 'BR', 'CA']) {
    const found = of(country);
    expect([country, found.length]).toEqual([country, 1]);
    expect(found[0]).toMatchObject({
      name: expect.any(String),
      url: expect.stringMatching(/^https:/),
      why: null,
    });
  }
  expect(of('US').map(({ region }: { region: string | null }) => region)).toEqual(
    expect.arrayContaining([null, 'California', 'Virginia']),
  );
});

test('9.7 a country without an authority is told so, with the reason, and is not sent elsewhere', () => {
  for (const country of ['BD', 'MM']) {
    const found = authorities.filter((one) => one.country === country);
    expect(found).toMatchObject([{ name: null, url: null, why: expect.stringMatching(/ no|none /) }]);
  }
});

test('9.7 no country stands twice, and every entry says where it stands', () => {
  const names = authorities.map(({ country, region }) => `${country} ${region}`);
  expect(new Set(names).size).toBe(names.length);
  for (const one of authorities) {
    expect(one.country).toMatch(/^[A-Z]{2}$/);
    expect(one.source.length).toBeGreaterThan(5);
    expect((one.name === null) === (one.why !== null)).toBe(true);
  }
});
