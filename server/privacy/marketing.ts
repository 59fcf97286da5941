import { sql } from 'kysely';
import type { z } from 'zod';
import type { MarketingConsent } from '#contract/privacy-marketing.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asIdentity, asMember, type Tx } from '#server/database/transaction.ts';
import { type Letter, letter } from '#server/mail/letter.ts';
import { queueMail } from '#server/mail/outbox.ts';
import { idsOfToken, linkToken } from './marketing-token.ts';

type Consent = z.input<typeof MarketingConsent>;
type Step = Consent['history'][number]['step'];

/** What the links in mails need. */
export interface Links {
  publicUrl: string;
  secret: string;
}

const STOP = 'marketing stop';
const CONFIRM = 'marketing confirm';
const CONFIRM_WITHIN_MS = 7 * 24 * 60 * 60 * 1000;
const STATES = { asked: 'asked', confirmed: 'on', withdrawn: 'off' } as const satisfies Record<
  Step,
  Consent['state']
>;

/** Whether the person takes news, and each change of it. */
export async function marketingOf(pools: Pools, memberId: string): Promise<Consent> {
  const rows = await asMember(pools, memberId, (tx) =>
    tx
      .selectFrom('identity.consent')
      .select(['step', 'form', 'at'])
      .where('topic', '=', 'marketing')
      .orderBy('id', 'desc')
      .limit(100)
      .execute(),
  );
  const history = rows.map(({ step, form, at }) => ({ step: step as Step, form, at: at.toISOString() }));
  return { state: history[0] === undefined ? 'off' : STATES[history[0].step], history };
}

/** Notes the wish and mails the link that makes it a consent. Nothing when it is confirmed already. */
export async function askForMarketing(pools: Pools, links: Links, memberId: string): Promise<void> {
  await asIdentity(pools, async (tx) => {
    if ((await lastOf(tx, memberId))?.step === 'confirmed') return;
    await write(tx, memberId, 'asked', 'settings');
    await mailConfirmation(tx, links, memberId);
  });
}

/**
 * Mails the link to whoever has asked last and not confirmed: at the wish, or as soon as the address of a new account is
 * confirmed. The mail has the id of the wish, so that twice is once.
 */
export async function mailConfirmation<R extends 'identity' | 'service'>(
  tx: Tx<R>,
  { publicUrl, secret }: Links,
  memberId: string,
): Promise<void> {
  const wish = await lastOf(tx, memberId);
  if (wish?.step !== 'asked') return;
  const { email } = await tx
    .selectFrom('identity.member')
    .select('email')
    .where('id', '=', memberId)
    .executeTakeFirstOrThrow();
  const token = linkToken(secret, CONFIRM, [memberId, wish.id]);
  await queueMail(tx, {
    id: wish.id,
    kind: 'consent',
    to: email,
    personId: memberId,
    ...letter({
      subject: 'Do you want news from Mluen?',
      lines: [
        'You asked us to write to you about new models, at most once a month. Say yes once more, and we will.',
        'Without that nothing is sent.',
      ],
      link: { label: 'Yes, write to me', url: `${publicUrl}/news/confirm/${token}` },
      footnote: 'The link is good for seven days. If this was not you, there is nothing to do.',
    }),
  });
}

/** Makes the wish a consent. False for a token that is not ours, is too old, or whose wish was taken back or followed. */
export async function confirmMarketing(
  pools: Pools,
  { secret }: Links,
  token: string,
  now = Date.now(),
): Promise<boolean> {
  const [memberId, wishId] = idsOfToken(secret, CONFIRM, 2, token) ?? [];
  if (memberId === undefined || wishId === undefined) return false;
  return asIdentity(pools, async (tx) => {
    const last = await lastOf(tx, memberId);
    if (last?.id !== wishId || last.step !== 'asked') return false;
    if (now - last.at.getTime() > CONFIRM_WITHIN_MS) return false;
    await write(tx, memberId, 'confirmed', 'mail');
    return true;
  });
}

/** Takes it back at once; what waits to be sent is dropped in the same transaction. Twice is harmless. */
export async function withdrawMarketing(pools: Pools, memberId: string, form: string): Promise<void> {
  await asIdentity(pools, async (tx) => {
    const last = await lastOf(tx, memberId);
    if (last !== undefined && last.step !== 'withdrawn') await write(tx, memberId, 'withdrawn', form);
  });
}

/** The same by the token that every such mail carries. False for one that is not ours. */
export async function stopMarketing(pools: Pools, { secret }: Links, token: string): Promise<boolean> {
  const [memberId] = idsOfToken(secret, STOP, 1, token) ?? [];
  if (memberId === undefined) return false;
  await withdrawMarketing(pools, memberId, 'mail');
  return true;
}

/**
 * Queues news for a person. The database refuses it for everyone but those who take it at this moment, and it is
 * dropped when they stop before it leaves.
 */
export async function queueNews(
  tx: Tx<'service'>,
  { publicUrl, secret }: Links,
  person: { id: string; email: string },
  words: Letter,
): Promise<string> {
  const token = linkToken(secret, STOP, [person.id]);
  const page = `${publicUrl}/news/stop/${token}`;
  return queueMail(tx, {
    kind: 'marketing',
    to: person.email,
    personId: person.id,
    unsubscribeUrl: `${publicUrl}/api/marketing/unsubscribe/${token}`,
    subject: words.subject,
    text: `${words.text}\nNo more of this: ${page}\n`,
    html: words.html.replace('</body>', `<p><a href="${page}">No more of this</a></p></body>`),
  });
}

function lastOf<R extends 'identity' | 'service'>(tx: Tx<R>, memberId: string) {
  return tx
    .selectFrom('identity.consent')
    .select(['id', 'step', 'at'])
    .where('userId', '=', memberId)
    .where('topic', '=', 'marketing')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function write(tx: Tx<'identity'>, memberId: string, step: Step, form: string): Promise<void> {
  const { at } = await tx
    .insertInto('identity.consent')
    .values({ userId: memberId, id: newId(), topic: 'marketing', step, form, at: sql`clock_timestamp()` })
    .returning('at')
    .executeTakeFirstOrThrow();
  await recordAudit(tx, {
    action: `consent.${step}`,
    actorId: memberId,
    subjectId: memberId,
    reason: `marketing, ${form}, ${at.toISOString()}`,
  });
}
