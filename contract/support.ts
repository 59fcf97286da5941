import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Cursor, Id, Instant } from './ids.ts';
import { Country } from './members.ts';
import { Micro } from './money.ts';

/** In the order in which staff takes them up. */
export const Topic = z.enum(['security', 'child', 'privacy', 'complaint', 'billing', 'question']);
export type Topic = z.infer<typeof Topic>;

export const Right = z.enum(['access', 'correct', 'erase', 'export', 'restrict', 'object', 'other']);
export type Right = z.infer<typeof Right>;

export const MessageText = z.string().trim().min(3).max(10_000);
export const Address = z.email().max(254);

/** What a message may bring along: the name, and the bytes in base64. What it is, the bytes tell. */
export const ATTACHMENTS_MOST = 3;
export const ATTACHMENT_MOST_BYTES = 4 * 1024 * 1024;
export const Attachment = z.strictObject({
  name: z.string().min(1).max(200),
  content: z
    .string()
    .min(1)
    .max(Math.ceil(ATTACHMENT_MOST_BYTES / 3) * 4),
});
const Attachments = z.array(Attachment).max(ATTACHMENTS_MOST).default([]);

const FILE_PROBLEMS = ['unsupported-file', 'damaged-file', 'unsafe-file', 'too-large'] as const;

export const NewTicket = z.strictObject({
  topic: Topic,
  text: MessageText,
  /** Needed of who is not signed in; refused of who is. */
  address: Address.optional(),
  /** For the topic `privacy`: which right. */
  right: Right.optional(),
  /** For the topic `privacy`, of who is not signed in: sets by which law the answer is due. */
  country: Country.optional(),
  /** For the topic `child`: the address of the account, where it is known. */
  reportedAddress: Address.optional(),
  attachments: Attachments,
});
export type NewTicket = z.infer<typeof NewTicket>;

export const writeToUs = endpoint({
  method: 'POST',
  path: '/api/contact',
  summary:
    'Writes to us, signed in or not (clause 1.2). Who is not signed in gives an address, and is answered there.',
  body: NewTicket,
  reply: z.object({
    id: Id,
    /** When the law wants an answer, for the topic `privacy`. */
    dueAt: Instant.nullable(),
    /** Whether a link to the conversation was mailed, to go on by it without an account. */
    isMailed: z.boolean(),
  }),
  problems: FILE_PROBLEMS,
});

export const TicketState = z.enum(['open', 'answered', 'closed']);
export const TicketSummary = z.object({
  id: Id,
  topic: Topic,
  state: TicketState,
  openedAt: Instant,
  lastAt: Instant,
  /** How the first message begins. */
  beginning: z.string(),
});
export type TicketSummary = z.infer<typeof TicketSummary>;

export const TicketMessage = z.object({
  id: Id,
  author: z.enum(['person', 'staff']),
  text: z.string(),
  at: Instant,
  files: z.array(z.object({ id: Id, name: z.string(), bytes: z.number().int() })),
});
export type TicketMessage = z.infer<typeof TicketMessage>;

export const RightsRequest = z.object({
  kind: Right,
  /** The law by whose clock it is answered, in words. */
  law: z.string(),
  receivedAt: Instant,
  dueAt: Instant,
  /** Why it takes longer; null when it does not. */
  extensionReason: z.string().nullable(),
  /** Null until it is shown that the request comes from the address. */
  provenAt: Instant.nullable(),
  outcome: z.enum(['answered', 'refused']).nullable(),
  outcomeReason: z.string().nullable(),
});
export type RightsRequest = z.infer<typeof RightsRequest>;

export const Thread = z.object({
  id: Id,
  topic: Topic,
  state: TicketState,
  openedAt: Instant,
  messages: z.array(TicketMessage),
  request: RightsRequest.nullable(),
});
export type Thread = z.infer<typeof Thread>;

export const listTickets = endpoint({
  method: 'GET',
  path: '/api/support/tickets',
  summary: 'What the member wrote to us, newest first.',
  query: z.object({ before: Cursor.optional() }),
  reply: z.object({ items: z.array(TicketSummary), next: Cursor.nullable() }),
});
export const getTicket = endpoint({
  method: 'GET',
  path: '/api/support/tickets/:id',
  summary: 'One conversation of the member with us.',
  params: z.object({ id: Id }),
  reply: Thread,
  problems: ['not-found'],
});
export const answerTicket = endpoint({
  method: 'POST',
  path: '/api/support/tickets/:id/messages',
  summary: 'Goes on with a conversation; one that was closed opens again.',
  params: z.object({ id: Id }),
  body: z.strictObject({ text: MessageText, attachments: Attachments }),
  reply: Thread,
  problems: ['not-found', ...FILE_PROBLEMS],
});

/** By the link that was mailed: whoever has it has the address. */
const ByLink = { id: Id, key: z.string().min(20).max(100) };
export const openByLink = endpoint({
  method: 'POST',
  path: '/api/contact/thread',
  summary: 'A conversation of who has no account, by the link that was mailed to the address.',
  body: z.strictObject(ByLink),
  reply: Thread,
  problems: ['not-found'],
});
export const answerByLink = endpoint({
  method: 'POST',
  path: '/api/contact/thread/messages',
  summary: 'Goes on with that conversation.',
  body: z.strictObject({ ...ByLink, text: MessageText, attachments: Attachments }),
  reply: Thread,
  problems: ['not-found', ...FILE_PROBLEMS],
});
export const proveByLink = endpoint({
  method: 'POST',
  path: '/api/contact/thread/proof',
  summary: 'Confirms that a request about data comes from who has the address (clause 9.8).',
  body: z.strictObject(ByLink),
  reply: Thread,
  problems: ['not-found'],
});
export const removeByLink = endpoint({
  method: 'POST',
  path: '/api/contact/thread/removal',
  summary: 'Erases that conversation and its files, and the address with them.',
  body: z.strictObject(ByLink),
  problems: ['not-found'],
});

/** Staff, under the role `support`. */
export const QueueTicket = z.object({
  id: Id,
  topic: Topic,
  state: TicketState,
  isMember: z.boolean(),
  openedAt: Instant,
  waitingSince: Instant.nullable(),
  /** One of the staff; null when nobody looks after it yet. */
  assignedTo: z.object({ id: Id, name: z.string() }).nullable(),
  /** When the law wants an answer; null when it sets no time, or it was answered. */
  dueAt: Instant.nullable(),
  isDueSoon: z.boolean(),
  isOverdue: z.boolean(),
});
export type QueueTicket = z.infer<typeof QueueTicket>;

export const Queue = z.object({ topic: Topic, waiting: z.number().int(), oldest: Instant.nullable() });
export const QueueQuery = z.object({
  topic: Topic.optional(),
  state: z.enum(['waiting', 'answered', 'closed']).default('waiting'),
  before: Cursor.optional(),
});
export type QueueQuery = z.infer<typeof QueueQuery>;
export const QueuePage = z.object({
  queues: z.array(Queue),
  overdue: z.number().int(),
  items: z.array(QueueTicket),
  next: Cursor.nullable(),
});
export type QueuePage = z.infer<typeof QueuePage>;
export const listQueue = endpoint({
  method: 'GET',
  path: '/api/console/support/tickets',
  summary: 'What waits for an answer, the most urgent first; or what was closed, newest first.',
  query: QueueQuery,
  reply: QueuePage,
  problems: ['not-allowed'],
});

export const ChildCase = z.object({
  memberId: Id,
  emailMasked: z.string().nullable(),
  suspendedAt: Instant,
  liftedAt: Instant.nullable(),
  erasure: z.enum(['none', 'asked', 'erased']),
  refundMicro: Micro.nullable(),
  refundReference: z.string().nullable(),
});
export type ChildCase = z.infer<typeof ChildCase>;

export const StaffThread = z.object({
  ticket: QueueTicket,
  /** Where who is not signed in is answered. */
  address: z.string().nullable(),
  reportedAddress: z.string().nullable(),
  messages: z.array(TicketMessage),
  request: RightsRequest.extend({
    source: z.string(),
    mayExtendTo: Instant.nullable(),
  }).nullable(),
  child: ChildCase.nullable(),
});
export type StaffThread = z.infer<typeof StaffThread>;

const ticketOf = { params: z.object({ id: Id }), problems: ['not-found', 'not-allowed'] as const };
export const Reason = z.string().trim().min(3).max(300);
const because = z.strictObject({ reason: Reason });

export const readThread = endpoint({
  method: 'POST',
  path: '/api/console/support/tickets/:id/read',
  summary:
    'The words of a conversation. Reading them is written down, with the reason, and shown to the person.',
  ...ticketOf,
  body: because,
  reply: StaffThread,
});
export const answerThread = endpoint({
  method: 'POST',
  path: '/api/console/support/tickets/:id/answer',
  summary: 'Answers; the person is told by mail that there is an answer.',
  ...ticketOf,
  body: z.strictObject({ text: MessageText }),
});
export const assignTicket = endpoint({
  method: 'POST',
  path: '/api/console/support/tickets/:id/assignee',
  summary: 'Says who looks after a conversation: one of the staff with the role support, or nobody.',
  ...ticketOf,
  body: z.strictObject({ assigneeId: Id.nullable() }),
});
export const closeTicket = endpoint({
  method: 'POST',
  path: '/api/console/support/tickets/:id/close',
  summary: 'Closes a conversation. A request about data is closed by its outcome before.',
  params: z.object({ id: Id }),
  problems: ['not-found', 'not-allowed', 'not-possible-now'],
});
export const extendRequest = endpoint({
  method: 'POST',
  path: '/api/console/support/tickets/:id/request/extension',
  summary: 'Extends the time of a request once, as far as its law allows; the person is told why.',
  params: z.object({ id: Id }),
  body: because,
  problems: ['not-found', 'not-allowed', 'not-possible-now'],
});
export const endRequest = endpoint({
  method: 'POST',
  path: '/api/console/support/tickets/:id/request/outcome',
  summary: 'Notes that a request was answered or refused. Not answered before it is shown who asks.',
  params: z.object({ id: Id }),
  body: z.strictObject({ outcome: z.enum(['answered', 'refused']), reason: Reason }),
  problems: ['not-found', 'not-allowed', 'not-possible-now'],
});
export const suspendChild = endpoint({
  method: 'POST',
  path: '/api/console/support/tickets/:id/child/suspension',
  summary:
    'Stops the account that a report names: it is signed out everywhere and begins nothing (clause 11.2).',
  params: z.object({ id: Id }),
  /** `address`: of the account, where it is another than the report says. */
  body: z.strictObject({ reason: Reason, address: Address.optional() }),
  problems: ['not-found', 'not-allowed', 'not-possible-now'],
});
export const liftChild = endpoint({
  method: 'DELETE',
  path: '/api/console/support/tickets/:id/child/suspension',
  summary: 'Lets the account go on: it is not a child’s.',
  params: z.object({ id: Id }),
  body: because,
  problems: ['not-found', 'not-allowed', 'not-possible-now'],
});
export const eraseChild = endpoint({
  method: 'POST',
  path: '/api/console/support/tickets/:id/child/erasure',
  summary: 'Erases the account at once, and notes what is to be paid back.',
  params: z.object({ id: Id }),
  body: because,
  problems: ['not-found', 'not-allowed', 'not-possible-now'],
});
export const refundChild = endpoint({
  method: 'POST',
  path: '/api/console/support/tickets/:id/child/refund',
  summary: 'Finance notes by which reference of the processor the money went back.',
  params: z.object({ id: Id }),
  body: z.strictObject({ reference: z.string().trim().min(3).max(100) }),
  problems: ['not-found', 'not-allowed', 'not-possible-now'],
});
