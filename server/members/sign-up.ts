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
  const passwordHash = await hashPassword(asked.password);
  let written = false;
  for (let tries = 0; !written && tries < TRIES; tries += 1) {
    const known = await asIdentity(deps.pools, (tx) => waitingPassword(tx, email));
    const samePassword = await verifyPassword(known ?? (await unknownPassword()), asked.password);
    const account = { ...asked, email, passwordHash, known, samePassword };
    written = await asIdentity(deps.pools, (tx) => writeAccount(tx, account));
  }
  await deps.auth.api.sendVerificationOTP({ body: { email, type: 'email-verification' } });
}

/** A button pressed twice makes two sign-ups at once: the second looks again at what the first has written. */
const TRIES = 3;

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
  /** The hash of the account that waits, if there was one, and whether this password fits it. */
  known: string | null;
  samePassword: boolean;
}

/** False when someone else has written since `known` was read: then the password is to be compared again. */
async function writeAccount(tx: Tx<'identity'>, account: Account): Promise<boolean> {
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
    return true;
  }
  const waiting = await tx
    .updateTable('identity.member')
    .set({ ...profile, updatedAt: new Date() })
    .where('email', '=', email)
    .where('emailVerified', '=', false)
    .returning('id')
    .executeTakeFirst();
  if ((await waitingPassword(tx, email)) !== account.known) return false;
  if (waiting === undefined) return true; // it has an account: only its mailbox is told
  if (!account.samePassword) await dropPassword(tx, waiting.id);
  await recordSignUp(tx, { ...account, memberId: waiting.id, form: 'sign-up' });
  return true;
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
