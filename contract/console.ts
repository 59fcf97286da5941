import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Cursor, Id, Instant } from './ids.ts';
import { Micro } from './money.ts';

/** Staff endpoints. Each needs a staff session; what a role may not see, PostgreSQL refuses. */
/** A number is null for who has not the role that may see it. */
export const Overview = z.object({
  mode: z.enum(['sandbox', 'production']),
  sandboxed: z.array(z.string()),
  members: z.number().int().nullable(),
  openHolds: z.number().int().nullable(),
  heldMicro: Micro.nullable(),
  walletsMicro: Micro.nullable(),
  revenueMicro: Micro.nullable(),
  topUpsTodayMicro: Micro.nullable(),
  generationsToday: z.number().int().nullable(),
  failedToday: z.number().int().nullable(),
  unknownOutcomes: z.number().int().nullable(),
});
export const getOverview = endpoint({
  method: 'GET',
  path: '/api/console/overview',
  summary: 'The business at a glance.',
  reply: Overview,
});

export const OutboxMail = z.object({
  id: Id,
  at: Instant,
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  state: z.enum(['queued', 'sent', 'failed', 'kept']),
});
export const listOutbox = endpoint({
  method: 'GET',
  path: '/api/console/outbox',
  summary: 'Mail that left, or would have.',
  query: z.object({ before: Cursor.optional() }),
  reply: z.object({ items: z.array(OutboxMail), next: Cursor.nullable() }),
});

/** Money on an account that it only passes through. */
export const WaitingMoney = z.object({
  code: z.number().int(),
  name: z.string(),
  /** Which one of that code: the processor, the till. */
  label: z.string(),
  currency: z.string(),
  balanceMicro: Micro,
  /** When the oldest part of it came; null when that is no longer among the live rows. */
  since: Instant.nullable(),
  days: z.number().int().nullable(),
  daysMost: z.number().int(),
  isLate: z.boolean(),
});

export const LedgerAudit = z.object({
  ok: z.boolean(),
  checkedTransfers: z.number().int(),
  checkedAccounts: z.number().int(),
  tookMs: z.number(),
  at: Instant,
  findings: z.array(
    z.object({
      invariant: z.string(),
      account: z.string().nullable(),
      transfer: z.string().nullable(),
      message: z.string(),
    }),
  ),
  waiting: z.array(WaitingMoney),
  /** Currencies in which this round stopped all posting. */
  stopped: z.array(z.string()),
});
export const auditLedger = endpoint({
  method: 'POST',
  path: '/api/console/ledger/audit',
  summary: 'Recomputes every balance from its transfers.',
  body: z.strictObject({ from: z.enum(['start', 'last']).default('start') }),
  reply: LedgerAudit,
});
/** A currency in which nothing is posted: an invariant of the books is broken. */
export const LedgerStop = z.object({
  currency: z.string(),
  invariant: z.string(),
  finding: z.string(),
  stoppedAt: Instant,
});
export const listLedgerStops = endpoint({
  method: 'GET',
  path: '/api/console/ledger/stops',
  summary: 'Currencies in which posting is stopped.',
  reply: z.object({ items: z.array(LedgerStop) }),
});
export const liftLedgerStop = endpoint({
  method: 'POST',
  path: '/api/console/ledger/stops/lift',
  summary: 'Lets posting in a currency go on, after somebody has looked at it.',
  body: z.strictObject({
    currency: z.string().regex(/^[A-Z]{3}$/),
    reason: z.string().trim().min(10).max(500),
  }),
  reply: z.object({ items: z.array(LedgerStop) }),
  problems: ['not-found', 'not-allowed'],
});
export const listWaitingMoney = endpoint({
  method: 'GET',
  path: '/api/console/ledger/waiting',
  summary: 'Money at processors and receipts without an owner, by age.',
  reply: z.object({ items: z.array(WaitingMoney) }),
});
export const trialBalance = endpoint({
  method: 'GET',
  path: '/api/console/ledger/accounts',
  summary: 'Totals by account code.',
  reply: z.object({
    items: z.array(
      z.object({
        code: z.number().int(),
        name: z.string(),
        currency: z.string(),
        debitsMicro: Micro,
        creditsMicro: Micro,
        debitsPendingMicro: Micro,
        creditsPendingMicro: Micro,
      }),
    ),
  }),
});

export const StaffRole = z.enum(['support', 'finance', 'operator', 'auditor']);
export type StaffRole = z.infer<typeof StaffRole>;

export const ConsolePerson = z.object({
  id: Id,
  emailMasked: z.string(),
  displayName: z.string(),
  country: z.string().nullable(),
  createdAt: Instant,
  emailVerified: z.boolean(),
  state: z.enum(['active', 'closing', 'erased']),
  /** Empty for a member. */
  staffRoles: z.array(StaffRole),
});
export type ConsolePerson = z.output<typeof ConsolePerson>;
export const listPeople = endpoint({
  method: 'GET',
  path: '/api/console/people',
  summary: 'Members, newest first; addresses are masked.',
  query: z.object({ before: Cursor.optional() }),
  reply: z.object({ items: z.array(ConsolePerson), next: Cursor.nullable() }),
});

export const setStaffRoles = endpoint({
  method: 'POST',
  path: '/api/console/people/:id/roles',
  summary: 'Makes a person staff under these roles, or no longer. Operators do it, never for themselves.',
  params: z.object({ id: Id }),
  body: z.strictObject({
    roles: z.array(StaffRole).max(4),
    reason: z.string().trim().min(3).max(300),
  }),
  problems: ['not-allowed', 'not-found'],
});

/** One way to a provider: whether it takes calls now, and what it brought in and cost in the last days. */
export const RouteMargin = z.object({
  routeId: z.string(),
  provider: z.string(),
  providerName: z.string(),
  /** Null for a route that is no longer configured. */
  region: z.string().nullable(),
  /** Whether this process sends calls there now; null for a route that is no longer configured. */
  isOpen: z.boolean().nullable(),
  runs: z.number().int(),
  /** Runs that another route had not taken. */
  fallbacks: z.number().int(),
  /** Runs that came to nothing. */
  failed: z.number().int(),
  chargedMicro: Micro,
  costMicro: Micro,
  marginMicro: Micro,
});
export const listRouteMargins = endpoint({
  method: 'GET',
  path: '/api/console/routes',
  summary: 'What each route to a provider brought in and cost.',
  query: z.object({ days: z.coerce.number().int().min(1).max(90).default(30) }),
  reply: z.object({ routes: z.array(RouteMargin) }),
  problems: ['not-allowed'],
});
