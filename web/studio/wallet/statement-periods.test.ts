import { expect, test } from 'vitest';
import { periodOf } from './statement-periods.ts';

const none = { from: '', through: '' };
const on = (day: string) => new Date(`${day}T23:30:00Z`);

test('months and years end before their last day’s next one, also over the turn of the year', () => {
  expect(periodOf('this-month', none, on('2026-11-24'))).toEqual({ from: '2026-11-01', to: '2026-11-25' });
  expect(periodOf('this-month', none, on('2026-12-31'))).toEqual({ from: '2026-12-01', to: '2027-01-01' });
  expect(periodOf('last-month', none, on('2026-01-05'))).toEqual({ from: '2025-12-01', to: '2026-01-01' });
  expect(periodOf('last-month', none, on('2026-03-31'))).toEqual({ from: '2026-02-01', to: '2026-03-01' });
  expect(periodOf('this-year', none, on('2026-01-01'))).toEqual({ from: '2026-01-01', to: '2026-01-02' });
});

test('one’s own days count from the first to the last', () => {
  expect(periodOf('own', { from: '2026-02-28', through: '2026-02-28' })).toEqual({
    from: '2026-02-28',
    to: '2026-03-01',
  });
  expect(periodOf('own', { from: '2026-03-02', through: '2026-03-01' })).toBeNull();
  expect(periodOf('own', none)).toBeNull();
});
