// Written by scripts/db-types.ts from the migrated schema. Do not edit.
import type { Generated } from 'kysely';

export interface ArtifactsFile {
  userId: string;
  id: string;
  generationId: string | null;
  role: string;
  mediaType: string;
  bytes: bigint;
  width: number | null;
  height: number | null;
  durationMs: bigint | null;
  nameSealed: Buffer;
  createdAt: Generated<Date>;
  framesPerSecond: number | null;
  pages: number | null;
  textBytes: bigint | null;
  used: Generated<boolean>;
}

export interface ArtifactsFileFetch {
  userId: string;
  generationId: string;
  fileId: string;
  host: string;
  providerId: string;
  routeId: string;
  times: Generated<number>;
  bytes: bigint;
  firstAt: Generated<Date>;
  lastAt: Generated<Date>;
}

export interface AuditEvent {
  id: string;
  at: Date;
  actorId: string | null;
  role: string;
  action: string;
  subjectId: string | null;
  object: string | null;
  reason: string | null;
  requestId: string | null;
  detailsSealed: Buffer | null;
  rowHash: Buffer;
  xid: string;
}

export interface CatalogueChange {
  id: string;
  at: Generated<Date>;
  what: string;
  target: string;
  before: unknown | null;
  after: unknown | null;
  reason: string;
  requestId: string;
}

export interface CatalogueModel {
  id: string;
  providerId: string;
  position: number;
  kind: string;
  upstream: string;
  name: string;
  summary: string;
  parameters: unknown;
  contextTokens: number | null;
  defaultMaxOutputTokens: number | null;
  maxOutputTokens: number | null;
  accepts: unknown;
  examples: unknown;
  usual: unknown;
  typical: unknown;
  markupBasisPoints: number;
  offered: Generated<boolean>;
  edited: Generated<string[]>;
  createdAt: Generated<Date>;
  changedAt: Generated<Date>;
}

export interface CataloguePrice {
  priceListId: string;
  position: number;
  unit: string;
  costMicro: bigint;
  priceMicro: bigint;
  conditions: unknown | null;
  sourceUrl: string;
  sourceBasis: string;
  readOn: string;
}

export interface CataloguePriceList {
  id: string;
  modelId: string;
  validFrom: Date;
  validUntil: Date | null;
  markupBasisPoints: number;
  origin: string;
  reason: string;
  madeAt: Generated<Date>;
}

export interface CatalogueProvider {
  id: string;
  name: string;
  position: number;
  open: Generated<boolean>;
  closedBecause: string | null;
  changedAt: Generated<Date>;
}

export interface CatalogueRoute {
  id: string;
  providerId: string;
  open: Generated<boolean>;
  weight: Generated<number>;
  closedBecause: string | null;
  changedAt: Generated<Date>;
}

export interface GenerationsAcknowledgement {
  userId: string;
  providerId: string;
  version: string;
  via: string;
  at: Generated<Date>;
}

export interface GenerationsGeneration {
  userId: string;
  id: string;
  source: string;
  apiKeyId: string | null;
  modelId: string;
  kind: string;
  providerId: string;
  routeId: string;
  priceVersion: string;
  state: string;
  heldMicro: bigint;
  chargedMicro: Generated<bigint>;
  costMicro: Generated<bigint>;
  requestHash: Buffer;
  titleSealed: Buffer | null;
  askBody: string | null;
  answerBody: string | null;
  fileIds: Generated<string[]>;
  units: unknown | null;
  countedBy: string | null;
  ending: string | null;
  task: unknown | null;
  progressPermille: number | null;
  sentTo: Generated<unknown>;
  outputs: Generated<unknown>;
  cancelAsked: Generated<boolean>;
  heldUntil: Date | null;
  finishedAt: Date | null;
  cameLate: Generated<boolean>;
  tries: Generated<unknown>;
}

export interface GenerationsIdempotencyKey {
  userId: string;
  keyHash: Buffer;
  requestHash: Buffer;
  generationId: string;
  madeAt: Generated<Date>;
}

export interface GenerationsLateLook {
  userId: string;
  id: string;
  task: unknown;
  lookAt: Generated<Date>;
  until: Date;
}

export interface GenerationsRoutingWish {
  userId: string;
  region: string | null;
  fallback: boolean;
  changedAt: Generated<Date>;
}

export interface GenerationsTurn {
  userId: string;
  id: string;
  threadId: string;
  parentId: string | null;
}

export interface IdentityAgeCheck {
  userId: string;
  country: string;
  threshold: number;
  passedAt: Date;
}

export interface IdentityAgeRefusal {
  country: string;
  day: string;
  times: number;
}

export interface IdentityApiKey {
  userId: string;
  id: string;
  name: string;
  prefix: string;
  secretHash: Buffer;
  createdAt: Generated<Date>;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

export interface IdentityConsent {
  userId: string;
  id: string;
  topic: string;
  form: string;
  at: Generated<Date>;
  step: string;
}

export interface IdentityMember {
  id: string;
  email: string;
  emailVerified: Generated<boolean>;
  emailMasked: Generated<string>;
  displayName: string;
  country: string | null;
  phone: string | null;
  locale: Generated<string>;
  role: Generated<string>;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  staffRoles: Generated<string[]>;
}

export interface IdentitySession {
  userId: string;
  id: string;
  tokenHash: string;
  expiresAt: Date;
  ip: string | null;
  userAgent: string | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
}

export interface IdentitySignIn {
  userId: string;
  id: string;
  provider: string;
  subject: string;
  passwordHash: string | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
}

export interface IdentityVerification {
  id: string;
  identifier: string;
  value: string;
  expiresAt: Date;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
}

export interface LedgerAccount {
  id: bigint;
  userId: string;
  code: number;
  currency: string;
  label: Generated<string>;
  shard: Generated<number>;
  expiresAt: Date | null;
  noOverdraft: boolean;
  frozen: Generated<boolean>;
  closed: Generated<boolean>;
  promo: Generated<boolean>;
  debitsPending: Generated<bigint>;
  debitsPosted: Generated<bigint>;
  creditsPending: Generated<bigint>;
  creditsPosted: Generated<bigint>;
  version: Generated<bigint>;
  createdAt: Generated<Date>;
  capped: Generated<boolean>;
}

export interface LedgerAdjustment {
  userId: string;
  id: string;
  amount: bigint;
  currency: string;
  reasonCode: string;
  reason: string;
  proposedBy: string;
  proposedAt: Generated<Date>;
  decidedBy: string | null;
  decidedAt: Date | null;
  state: Generated<string>;
  kind: Generated<string>;
}

export interface LedgerAnchor {
  sealNumber: bigint;
  signature: Buffer;
  place: string;
  at: Generated<Date>;
}

export interface LedgerArchive {
  month: string;
  fileId: string;
  bytes: bigint;
  digest: Buffer;
  signature: string;
  transfers: bigint;
  fingerprint: string;
  state: Generated<string>;
  verifiedAt: Generated<Date>;
  droppedAt: Date | null;
}

export interface LedgerArchivedLeaf {
  month: string;
  sealNumber: bigint;
  positions: string;
}

export interface LedgerArchivedRun {
  userId: string;
  accountId: bigint;
  month: string;
  fromVersion: bigint;
  toVersion: bigint;
  before: bigint;
  after: bigint;
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPending: bigint;
  creditsPosted: bigint;
  lastAt: Date;
}

export interface LedgerAuditMark {
  id: Generated<bigint>;
  snapshot: string;
  seqGiven: bigint;
  horizon: Generated<string>;
  checkedTransfers: bigint;
  at: Generated<Date>;
}

export interface LedgerAuditedAccount {
  accountId: bigint;
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPending: bigint;
  creditsPosted: bigint;
  version: bigint;
}

export interface LedgerCap {
  userId: string;
  currency: string;
  subject: string;
  period: string;
  limitMicro: bigint;
  createdAt: Generated<Date>;
}

export interface LedgerExchange {
  userId: string;
  id: string;
  fromCurrency: string;
  fromAmount: bigint;
  toCurrency: string;
  toAmount: bigint;
  marginAmount: bigint;
  rateNumerator: bigint;
  rateDenominator: bigint;
  rateSource: string;
  rateAt: Date;
  createdAt: Generated<Date>;
}

export interface LedgerHold {
  holdId: string;
  leg: number;
  userId: string;
  transferId: string;
  debitAccount: bigint;
  creditAccount: bigint;
  amount: bigint;
  currency: string;
  code: string;
  groupId: string;
  leaseUntil: Date | null;
  deadline: Date | null;
  createdAt: Date;
}

export interface LedgerMemo {
  id: Generated<bigint>;
  userId: string;
  kind: string;
  groupId: string;
  transferId: string;
  amount: bigint;
  createdAt: Date;
}

export interface LedgerPromotionCode {
  id: string;
  codeHash: Buffer;
  name: string;
  amount: bigint;
  currency: string;
  usesLeft: number;
  redeemUntil: Date;
  lastsDays: number;
  createdBy: string;
  createdAt: Generated<Date>;
}

export interface LedgerProviderInvoice {
  id: string;
  provider: string;
  number: string;
  currency: string;
  invoiced: bigint;
  accrued: bigint;
  bank: string;
  reason: string;
  paidBy: string;
  createdAt: Generated<Date>;
}

export interface LedgerRedemption {
  userId: string;
  codeId: string;
  id: string;
  createdAt: Generated<Date>;
}

export interface LedgerSeal {
  number: bigint;
  snapshot: string;
  since: string | null;
  seqGiven: bigint;
  horizon: Generated<string>;
  firstSeq: bigint;
  lastSeq: bigint;
  transfers: bigint;
  root: Buffer;
  leaves: Buffer;
  sums: unknown;
  previous: Buffer;
  hash: Buffer;
  sealedAt: Date;
}

export interface LedgerShardLease {
  shard: number;
  holder: string;
  leaseUntil: Date;
}

export interface LedgerStop {
  id: Generated<bigint>;
  currency: string;
  invariant: string;
  finding: string;
  stoppedAt: Generated<Date>;
  liftedAt: Date | null;
  liftedBy: string | null;
  reason: string | null;
}

export interface LedgerTransfer {
  id: string;
  userId: string;
  seq: Generated<bigint>;
  kind: string;
  code: string;
  debitAccount: bigint;
  creditAccount: bigint;
  amount: bigint;
  currency: string;
  pendingId: string | null;
  groupId: string;
  debitVersion: bigint;
  creditVersion: bigint;
  debitAfter: bigint;
  creditAfter: bigint;
  requestHash: Buffer;
  actor: string | null;
  reason: string | null;
  createdAt: Date;
  xid: Generated<string>;
}

export interface MailOutbox {
  id: string;
  personId: string | null;
  kind: string;
  recipient: string;
  subject: string;
  bodyText: string | null;
  bodyHtml: string | null;
  state: Generated<string>;
  attempts: Generated<number>;
  queuedAt: Generated<Date>;
  sentAt: Date | null;
  lastError: string | null;
  listUnsubscribe: string | null;
}

export interface MluenMigration {
  name: string;
  appliedAt: Generated<Date>;
}

export interface MluenModuleSql {
  name: string;
  hash: string;
  appliedAt: Generated<Date>;
}

export interface MluenProofSecret {
  one: Generated<boolean>;
  secret: Buffer;
}

export interface PaymentsDispute {
  userId: string;
  id: string;
  moneyInId: string;
  topUpId: string;
  kind: string;
  state: string;
  amountMicro: bigint;
  currency: string;
  rail: string;
  processorId: string;
  reason: string | null;
  answerBy: Date | null;
  createdAt: Generated<Date>;
  endedAt: Date | null;
}

export interface PaymentsEventsRead {
  channel: string;
  until: Date;
}

export interface PaymentsMoneyIn {
  userId: string;
  id: string;
  rail: string;
  receipt: string;
  topUpId: string;
  amountMicro: bigint;
  currency: string;
  live: boolean;
  receivedAt: Generated<Date>;
  feeMicro: bigint | null;
}

export interface PaymentsPayout {
  id: string;
  rail: string;
  processorId: string;
  bank: string;
  state: string;
  amountMicro: bigint;
  currency: string;
  unexplainedMicro: Generated<bigint>;
  createdAt: Generated<Date>;
}

export interface PaymentsRefund {
  userId: string;
  id: string;
  moneyInId: string;
  topUpId: string;
  amountMicro: bigint;
  currency: string;
  origin: string;
  state: Generated<string>;
  rail: string;
  processorId: string | null;
  askedBy: string | null;
  reason: string | null;
  fault: string | null;
  createdAt: Generated<Date>;
  endedAt: Date | null;
}

export interface PaymentsTopUp {
  userId: string;
  id: string;
  channel: string;
  state: Generated<string>;
  amountMicro: bigint;
  currency: string;
  live: boolean;
  returnTo: string | null;
  requestKey: string;
  sessionId: string | null;
  checkoutUrl: string | null;
  cardBrand: string | null;
  cardLast4: string | null;
  createdAt: Generated<Date>;
  expiresAt: Date;
  settledAt: Date | null;
  refusal: string | null;
}

export interface PaymentsWebhookInbox {
  id: string;
  channel: string;
  eventKey: string;
  kind: string;
  topUpId: string | null;
  sessionId: string | null;
  live: boolean;
  receivedAt: Generated<Date>;
  state: Generated<string>;
  verdict: string | null;
  handledAt: Date | null;
  concerns: Generated<string>;
  about: string | null;
}

export interface PrivacyAcceptance {
  userId: string;
  document: string;
  version: string;
  form: string;
  acceptedAt: Generated<Date>;
}

export interface PrivacyAnnouncement {
  userId: string;
  document: string;
  version: string;
  mailedAt: Generated<Date>;
}

export interface PrivacyCertificate {
  userId: string;
  id: string;
  body: string;
  signature: string;
  keyId: string;
  createdAt: Generated<Date>;
}

export interface PrivacyErasure {
  userId: string;
  id: string;
  state: string;
  askedAt: Generated<Date>;
  eraseAt: Date;
  erasedAt: Date | null;
  country: string | null;
  keepUntil: Date | null;
}

export interface PrivacyErasureStep {
  userId: string;
  erasureId: string;
  step: string;
  found: unknown;
  doneAt: Generated<Date>;
}

export interface PrivacyExport {
  userId: string;
  id: string;
  state: Generated<string>;
  askedAt: Generated<Date>;
  bytes: bigint | null;
  readyAt: Date | null;
  expiresAt: Date | null;
}

export interface PrivacyObjection {
  userId: string;
  id: string;
  purpose: string;
  since: Generated<Date>;
  withdrawnAt: Date | null;
}

export interface PrivacyRestriction {
  userId: string;
  id: string;
  cause: string;
  since: Generated<Date>;
  liftedAt: Date | null;
}

export interface PrivacySigningKey {
  id: string;
  publicKey: string;
  wrapped: Buffer;
  createdAt: Generated<Date>;
}

export interface PrivacySubprocessor {
  name: string;
  version: number;
  category: string;
  purpose: string;
  country: string;
  safeguard: string | null;
  contractOn: string;
  announcedOn: string;
  effectiveOn: string;
  isEnd: Generated<boolean>;
}

export interface SupportChildReport {
  userId: string;
  id: string;
  ticketId: string;
  suspendedAt: Generated<Date>;
  liftedAt: Date | null;
  refundMicro: bigint | null;
  erasureAskedAt: Date | null;
  refundReference: string | null;
  refundedAt: Date | null;
}

export interface SupportMessage {
  userId: string;
  id: string;
  ticketId: string;
  author: string;
  staffId: string | null;
  textSealed: Buffer;
  fileIds: Generated<string[]>;
  at: Generated<Date>;
}

export interface SupportRightsRequest {
  userId: string;
  id: string;
  ticketId: string;
  kind: string;
  country: string | null;
  regime: string;
  receivedAt: Generated<Date>;
  dueAt: Date;
  extendedFrom: Date | null;
  extensionReason: string | null;
  provenAt: Date | null;
  outcome: string | null;
  outcomeReason: string | null;
  closedAt: Date | null;
  alarm: Generated<string>;
}

export interface SupportTicket {
  userId: string;
  id: string;
  topic: string;
  isMember: boolean;
  state: Generated<string>;
  addressSealed: Buffer | null;
  reportedSealed: Buffer | null;
  assignedTo: string | null;
  openedAt: Generated<Date>;
  waitingSince: Date | null;
  closedAt: Date | null;
}

export interface VaultMasterCheck {
  one: Generated<boolean>;
  checkValue: Buffer;
}

export interface VaultMemberKey {
  userId: string;
  version: Generated<number>;
  wrapped: Buffer;
  createdAt: Generated<Date>;
}

export interface Tables {
  'artifacts.file': ArtifactsFile;
  'artifacts.fileFetch': ArtifactsFileFetch;
  'audit.event': AuditEvent;
  'catalogue.change': CatalogueChange;
  'catalogue.model': CatalogueModel;
  'catalogue.price': CataloguePrice;
  'catalogue.priceList': CataloguePriceList;
  'catalogue.provider': CatalogueProvider;
  'catalogue.route': CatalogueRoute;
  'generations.acknowledgement': GenerationsAcknowledgement;
  'generations.generation': GenerationsGeneration;
  'generations.idempotencyKey': GenerationsIdempotencyKey;
  'generations.lateLook': GenerationsLateLook;
  'generations.routingWish': GenerationsRoutingWish;
  'generations.turn': GenerationsTurn;
  'identity.ageCheck': IdentityAgeCheck;
  'identity.ageRefusal': IdentityAgeRefusal;
  'identity.apiKey': IdentityApiKey;
  'identity.consent': IdentityConsent;
  'identity.member': IdentityMember;
  'identity.session': IdentitySession;
  'identity.signIn': IdentitySignIn;
  'identity.verification': IdentityVerification;
  'ledger.account': LedgerAccount;
  'ledger.adjustment': LedgerAdjustment;
  'ledger.anchor': LedgerAnchor;
  'ledger.archive': LedgerArchive;
  'ledger.archivedLeaf': LedgerArchivedLeaf;
  'ledger.archivedRun': LedgerArchivedRun;
  'ledger.auditMark': LedgerAuditMark;
  'ledger.auditedAccount': LedgerAuditedAccount;
  'ledger.cap': LedgerCap;
  'ledger.exchange': LedgerExchange;
  'ledger.hold': LedgerHold;
  'ledger.memo': LedgerMemo;
  'ledger.promotionCode': LedgerPromotionCode;
  'ledger.providerInvoice': LedgerProviderInvoice;
  'ledger.redemption': LedgerRedemption;
  'ledger.seal': LedgerSeal;
  'ledger.shardLease': LedgerShardLease;
  'ledger.stop': LedgerStop;
  'ledger.transfer': LedgerTransfer;
  'mail.outbox': MailOutbox;
  'mluen.migration': MluenMigration;
  'mluen.moduleSql': MluenModuleSql;
  'mluen.proofSecret': MluenProofSecret;
  'payments.dispute': PaymentsDispute;
  'payments.eventsRead': PaymentsEventsRead;
  'payments.moneyIn': PaymentsMoneyIn;
  'payments.payout': PaymentsPayout;
  'payments.refund': PaymentsRefund;
  'payments.topUp': PaymentsTopUp;
  'payments.webhookInbox': PaymentsWebhookInbox;
  'privacy.acceptance': PrivacyAcceptance;
  'privacy.announcement': PrivacyAnnouncement;
  'privacy.certificate': PrivacyCertificate;
  'privacy.erasure': PrivacyErasure;
  'privacy.erasureStep': PrivacyErasureStep;
  'privacy.export': PrivacyExport;
  'privacy.objection': PrivacyObjection;
  'privacy.restriction': PrivacyRestriction;
  'privacy.signingKey': PrivacySigningKey;
  'privacy.subprocessor': PrivacySubprocessor;
  'support.childReport': SupportChildReport;
  'support.message': SupportMessage;
  'support.rightsRequest': SupportRightsRequest;
  'support.ticket': SupportTicket;
  'vault.masterCheck': VaultMasterCheck;
  'vault.memberKey': VaultMemberKey;
}
