import type { World } from '../kit/exchange.ts';
import type { Books, StripeObject } from './books.ts';
import type { Events } from './events.ts';

/** One simulated Stripe account. */
export interface Account {
  books: Books;
  events: Events;
  world: World;
  /** What the next payments claim instead of what was asked. */
  nextPayment: { amount?: number; currency?: string } | null;
  /** Whether the next charge has its balance transaction at once. */
  isBookedAtOnce: boolean;
}

export function nowOf({ world }: Account): number {
  return Math.floor(world.clock.now() / 1000);
}

/** 2.9 % and 30 cents. */
export function feeOf(amount: number): number {
  return Math.round(amount * 0.029) + 30;
}

export function chargeOfIntent({ books }: Account, intent: StripeObject): StripeObject | undefined {
  return typeof intent.latest_charge === 'string' ? books.find(intent.latest_charge) : undefined;
}
