import type { Pools } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asIdentity, type Tx } from '#server/database/transaction.ts';
import type { AgePass } from './age.ts';
import type { Auth } from './auth.ts';
import { hashPassword, unknownPassword, verifyPassword } from './password.ts';
import { recordSignUp } from './sign-up-record.ts';

export interface SignUp {
  email: string;
  password: string;
  displayName: string;
  phone?: string;
  marketing: boolean;
  pass: AgePass;
  requestId: string;
}

/**
 * Opens an account that waits for its address to be confirmed, and mails the code. Commits by itself. Says and does
 * the same for an address that has an account: that one is told by mail, and is not changed.
 */
export async function signUp(deps: { pools: Pools; auth: Auth }, asked: SignUp): Promise<void> {
  const email = asked.email.toLowerCase();
  const known = await asIdentity(deps.pools, (tx) => waitingPassword(tx, email));
  const samePassword = await verifyPassword(known ?? (await unknownPassword()), asked.password);
  const passwordHash = await hashPassword(asked.password);
  await asIdentity(deps.pools, (tx) => writeAccount(tx, { ...asked, email, passwordHash, samePassword }));
  await deps.auth.api.sendVerificationOTP({ body: { email, type: 'email-verification' } });
}

/** The password hash of an account that waits for confirmation. */
async function waitingPassword(tx: Tx<'identity'>, email: string): Promise<string | null> {
  const row = await tx
    .selectFrom('identity.member')
    .innerJoin('identity.signIn', 'identity.signIn.userId', 'identity.member.id')
    .select('passwordHash')
    .where('email', '=', email)
    .where('emailVerified', '=', false)
    .where('provider', '=', 'credential')
    .executeTakeFirst();
  return row?.passwordHash ?? null;
}

interface Account extends SignUp {
  passwordHash: string;
  samePassword: boolean;
}

async function writeAccount(tx: Tx<'identity'>, account: Account): Promise<void> {
  const { email, displayName, phone, pass } = account;
  const profile = { displayName, phone: phone ?? null, country: pass.country };
  const created = await tx
    .insertInto('identity.member')
    .values({ id: newId(), email, ...profile })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (created !== undefined) {
    await tx
      .insertInto('identity.signIn')
      .values({
        userId: created.id,
        id: newId(),
        provider: 'credential',
        subject: created.id,
        passwordHash: account.passwordHash,
      })
      .execute();
    await recordSignUp(tx, { ...account, memberId: created.id, form: 'sign-up' });
    return;
  }
  const waiting = await tx
    .updateTable('identity.member')
    .set({ ...profile, updatedAt: new Date() })
    .where('email', '=', email)
    .where('emailVerified', '=', false)
    .returning('id')
    .executeTakeFirst();
  if (waiting === undefined) return; // it has an account: only its mailbox is told
  if (!account.samePassword) await dropPassword(tx, waiting.id);
  await recordSignUp(tx, { ...account, memberId: waiting.id, form: 'sign-up' });
}

/**
 * Two sign-ups with one address and two passwords: nobody can tell which is the owner's until the mailbox has
 * spoken, so neither counts. The owner, once signed in by the code, sets a new one.
 */
async function dropPassword(tx: Tx<'identity'>, memberId: string): Promise<void> {
  await tx
    .updateTable('identity.signIn')
    .set({ passwordHash: null })
    .where('userId', '=', memberId)
    .where('provider', '=', 'credential')
    .execute();
}
