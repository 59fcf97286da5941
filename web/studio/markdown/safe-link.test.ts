import { expect, test } from 'vitest';
import { hostOf } from './safe-link.ts';

test('only https and mail can be followed', () => {
  expect(hostOf('https://example.com/a?b')).toBe('example.com');
  expect(hostOf('mailto:amina@example.com')).toBe('amina@example.com');
  expect(hostOf('javascript:alert(1)')).toBeNull();
  expect(hostOf('JaVaScRiPt:alert(1)')).toBeNull();
  expect(hostOf('data:text/html,<script>')).toBeNull();
  expect(hostOf('http://example.com')).toBeNull();
  expect(hostOf('/wallet')).toBeNull();
});
