import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isFalSigned, isStandardSigned } from './webhook-signatures.ts';

/** The moment of the vectors that the providers' own pages and clients were checked against. */
beforeEach(() => void vi.useFakeTimers({ now: 1_790_000_000_000, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const standard = {
  'webhook-id': 'msg_1',
  'webhook-timestamp': '1790000000',
  'webhook-signature': 'v1,bm90IHRoaXM= v1,pIzL6q1aLCkjYw+jKMfDoJTyQonCzAqgGUQCnZ55yCU=',
};
const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3';
const body = Buffer.from('{"id":"p1","status":"succeeded"}');

const fal = {
  'x-fal-webhook-request-id': 'r1',
  'x-fal-webhook-user-id': 'u1',
  'x-fal-webhook-timestamp': '1790000000',
  'x-fal-webhook-signature':
    '586b2d8509ada6a347ac408b804b536fc8c90c9fa730593f77273e6dd6cd1965d4eec1873a1987b20b2d41ee25ba1425a5701331d6888da2da9d384b743f0004',
};
const falKey = 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w';
const falBody = Buffer.from('{"request_id":"r1","status":"OK"}');

test('known signatures hold, with one of several, and with padding on the key', () => {
  expect(isStandardSigned(standard, body, secret)).toBe(true);
  expect(isFalSigned(fal, falBody, `${falKey}=`)).toBe(true);
});

test('another body, another key or no signature is refused', () => {
  expect(isStandardSigned(standard, Buffer.from('{}'), secret)).toBe(false);
  expect(isStandardSigned(standard, body, 'whsec_bm90IHRoaXM=')).toBe(false);
  expect(isStandardSigned({}, body, secret)).toBe(false);
  expect(isFalSigned(fal, Buffer.from('{}'), falKey)).toBe(false);
  expect(isFalSigned({}, falBody, falKey)).toBe(false);
});

test('a signature of more than five minutes ago is refused', () => {
  vi.setSystemTime(1_790_000_301_000);
  expect(isStandardSigned(standard, body, secret)).toBe(false);
  expect(isFalSigned(fal, falBody, falKey)).toBe(false);
});
