export type PeriodChoice = 'this-month' | 'last-month' | 'this-year' | 'own';

/** The first day, and the first day that is not part of it, as `2026-03-01`. Days are days of UTC, as in the statement. */
export interface Period {
  from: string;
  to: string;
}

/** What a choice means today. `own`: from and to as the person writes them, both inclusive; null while they do not fit. */
export function periodOf(
  choice: PeriodChoice,
  own: { from: string; through: string },
  today: Date = new Date(),
): Period | null {
  const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()];
  switch (choice) {
    case 'this-month':
      return { from: dayText(year, month, 1), to: dayText(year, month, today.getUTCDate() + 1) };
    case 'last-month':
      return { from: dayText(year, month - 1, 1), to: dayText(year, month, 1) };
    case 'this-year':
      return { from: dayText(year, 0, 1), to: dayText(year, month, today.getUTCDate() + 1) };
    case 'own':
      return ownPeriod(own);
    default:
      return choice satisfies never;
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function ownPeriod({ from, through }: { from: string; through: string }): Period | null {
  if (!DAY.test(from) || !DAY.test(through) || from > through) return null;
  const [year, month, day] = through.split('-').map(Number) as [number, number, number];
  return { from, to: dayText(year, month - 1, day + 1) };
}

/** Days and months beyond their end run into the next. */
function dayText(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
}
