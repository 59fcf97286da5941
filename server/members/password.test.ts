import { expect, test } from 'vitest';
import { hashPassword, isOutdated, unknownPassword, verifyPassword } from './password.ts';

/** RFC 9106's lower bound: what is tried here is the form, not the cost. */
const cheap = { memoryKiB: 64, passes: 1, lanes: 1 };

test('more hashes at once than there are places all come to an end', async () => {
  const hashes = await Promise.all(
    Array.from({ length: 12 }, (_, index) => hashPassword(`password ${index}`, cheap)),
  );
  expect(new Set(hashes).size).toBe(12);
  expect(await Promise.all(hashes.map((hash, index) => verifyPassword(hash, `password ${index}`)))).toEqual(
    Array(12).fill(true),
  );
  expect(await verifyPassword(hashes[0]!, 'password 1')).toBe(false);
});

test('the form of Unicode is not changed: what was typed must be typed again', async () => {
  const hash = await hashPassword('caf\u00e9 caf\u00e9', cheap);
  expect(await verifyPassword(hash, 'caf\u00e9 caf\u00e9')).toBe(true);
  expect(await verifyPassword(hash, 'cafe\u0301 cafe\u0301')).toBe(false);
});

test('what is no hash of ours fits no password', async () => {
  for (const hash of [
    '',
    'plain',
    '$2b$10$abcdefghijklmnopqrstuv',
    '$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
  ])
    expect(await verifyPassword(hash, hash)).toBe(false);
});

test('only today’s costs are not outdated; where there is no password, nothing fits', async () => {
  expect(isOutdated(await hashPassword('x', cheap))).toBe(true);
  expect(isOutdated('plain')).toBe(true);
  expect(isOutdated(await unknownPassword())).toBe(false);
  expect(await verifyPassword(await unknownPassword(), '')).toBe(false);
});
