import type { ControlRoutes } from '../kit/control.ts';
import type { WebhookFault } from '../kit/faults.ts';
import { type Account, chargeOfIntent } from './account.ts';
import { newId, type StripeObject } from './books.ts';
import { closeDispute, escalateDispute, openDispute, warnOfFraud } from './disputes.ts';
import { bookCharge, pay, payLater, settle } from './payment.ts';
import { chargeFee, failPayout, payOut } from './payouts.ts';
import { endRefund } from './refunds.ts';
import { API_VERSION } from './refusals.ts';

type Wish = Record<string, string | number | undefined>;

/** What only Stripe, a bank or a person can do. Each answers with the object it changed. */
export function controlOf(account: Account): ControlRoutes {
  const { books } = account;
  const find = (id: unknown): StripeObject => {
    const found = books.find(String(id));
    if (found === undefined) throw new Error(`no object ${id}`);
    return found;
  };
  const chargeFor = (wish: Wish) => {
    const found = find(wish.charge ?? wish.payment_intent);
    const charge = found.object === 'charge' ? found : chargeOfIntent(account, found);
    if (charge === undefined) throw new Error(`no charge for ${found.id}`);
    return charge;
  };
  const routes: Record<string, (wish: Wish) => unknown> = {
    'POST /_control/webhook-endpoint': ({ url, secret }) => {
      books.data.endpoint = { url: String(url), secret: String(secret) };
      return books.data.endpoint;
    },
    'POST /_control/pay': (wish) => {
      const session = find(wish.session);
      const { amount, currency } = wish;
      if (amount !== undefined || currency !== undefined) {
        account.nextPayment = {
          ...(amount !== undefined && { amount: Number(amount) }),
          ...(currency !== undefined && { currency: String(currency) }),
        };
      }
      account.isBookedAtOnce = wish.booked !== 'later';
      if (wish.outcome === 'processing') payLater(account, session);
      else {
        const card = {
          number: String(wish.card ?? '4242424242424242'),
          expiry: '12 / 34',
          cvc: '123',
          email: 'person@example.com',
          name: null,
        };
        const refusal = pay(account, session, card);
        if (refusal !== null) return { refusal, session };
      }
      return { session };
    },
    'POST /_control/settle': (wish) => {
      const session = find(wish.session);
      settle(account, session, wish.outcome === 'succeeded');
      return session;
    },
    'POST /_control/book': (wish) => {
      bookCharge(account, chargeFor(wish));
      return chargeFor(wish);
    },
    'POST /_control/next-payment': (wish) => {
      account.nextPayment = wish as Account['nextPayment'];
      return wish;
    },
    'POST /_control/disputes': (wish) =>
      openDispute(account, chargeFor(wish), {
        status: String(wish.status ?? 'needs_response'),
        reason: String(wish.reason ?? 'fraudulent'),
        ...(wish.amount !== undefined && { amount: Number(wish.amount) }),
      }),
    'POST /_control/disputes/escalate': (wish) => {
      escalateDispute(account, find(wish.dispute));
      return find(wish.dispute);
    },
    'POST /_control/disputes/close': (wish) => {
      closeDispute(account, find(wish.dispute), wish.status as 'won');
      return find(wish.dispute);
    },
    'POST /_control/fraud-warnings': (wish) => {
      warnOfFraud(account, chargeFor(wish));
      return {};
    },
    'POST /_control/refunds/end': (wish) => {
      endRefund(account, find(wish.refund), wish.status as 'failed');
      return find(wish.refund);
    },
    'POST /_control/payouts': (wish) =>
      payOut(account, String(wish.status ?? 'paid'), String(wish.currency ?? 'usd')),
    'POST /_control/payouts/fail': (wish) => {
      failPayout(account, find(wish.payout));
      return find(wish.payout);
    },
    'POST /_control/fees': (wish) => chargeFee(account, Number(wish.amount)),
    'POST /_control/events': (wish) => resend(account, wish),
    'GET /_control/objects': () => ({ objects: books.data.ids.map((id) => books.data.objects[id]) }),
  };
  return Object.fromEntries(
    Object.entries(routes).map(([name, act]) => [
      name,
      (body: unknown) => {
        const answer = act((body ?? {}) as Wish);
        books.keep();
        return answer;
      },
    ]),
  );
}

/**
 * Sends an event again (`event`), or one that never happened (`type`, and the object by `object`), misdelivered as
 * `how` says.
 */
function resend({ books, events }: Account, wish: Wish): StripeObject {
  const how = wish.how as WebhookFault | undefined;
  const event =
    wish.event === undefined
      ? {
          id: newId('evt'),
          object: 'event',
          api_version: API_VERSION,
          created: Math.floor(Date.now() / 1000),
          data: { object: structuredClone(books.find(String(wish.object))) },
          livemode: false,
          pending_webhooks: 1,
          request: { id: null, idempotency_key: null },
          type: wish.type,
        }
      : books.find(String(wish.event));
  if (event === undefined) throw new Error(`no event ${wish.event}`);
  events.tell(event, how);
  return event;
}
