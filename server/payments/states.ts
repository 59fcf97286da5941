export type TopUpState = 'asked' | 'pending' | 'settled' | 'failed' | 'expired' | 'cancelled';

/**
 * Where a top-up may go from where it stands. It only moves forward, and money that arrives is always taken:
 * a payment can win the race against our own deadline. `settled` is final.
 */
const moves: Record<TopUpState, readonly TopUpState[]> = {
  asked: ['pending', 'settled', 'failed', 'expired', 'cancelled'],
  pending: ['settled', 'failed'],
  failed: ['settled'],
  expired: ['settled'],
  cancelled: ['settled'],
  settled: [],
};

export function mayMove(from: TopUpState, to: TopUpState): boolean {
  return moves[from].includes(to);
}

/** Whether the processor may still send news of it. */
export function isOpen(state: TopUpState): boolean {
  return state === 'asked' || state === 'pending';
}
