import { asService, type Tx } from '#server/database/transaction.ts';
import { type Letter, letter } from '#server/mail/letter.ts';
import { queueMail } from '#server/mail/outbox.ts';
import type { Privacy } from './parts.ts';
import { currentVersion, type DocumentName, documentNames } from './policy.ts';

const MEMBERS_AT_ONCE = 200;

/**
 * Writes to everyone whom a material change concerns and who has not accepted it yet (clause 13.1), once. The mail
 * and the note about it are one transaction: a kill in between leaves neither, and the next round goes on. Answers how
 * many were written to.
 */
export async function announceChanges(parts: Privacy): Promise<number> {
  let told = 0;
  for (const document of documentNames) {
    const { version, material } = currentVersion(parts.policies, document);
    // Nobody knew anything before the first version.
    if (!material || parts.policies[document].length === 1) continue;
    for (;;) {
      const count = await asService(parts.pools, (tx) => announceTo(parts, tx, document, version));
      told += count;
      if (count < MEMBERS_AT_ONCE) break;
    }
  }
  return told;
}

async function announceTo(
  { publicUrl, policies }: Privacy,
  tx: Tx<'service'>,
  document: DocumentName,
  version: string,
): Promise<number> {
  const concerned = await tx
    .selectFrom('identity.member as m')
    .select(['m.id', 'm.email'])
    .where('m.emailVerified', '=', true)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('privacy.announcement as a')
            .select('a.userId')
            .whereRef('a.userId', '=', 'm.id')
            .where('a.document', '=', document)
            .where('a.version', '=', version),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('privacy.acceptance as c')
            .select('c.userId')
            .whereRef('c.userId', '=', 'm.id')
            .where('c.document', '=', document)
            .where('c.version', '=', version),
        ),
      ),
    )
    .orderBy('m.id')
    .limit(MEMBERS_AT_ONCE)
    .execute();
  const { lastUpdated } = currentVersion(policies, document);
  for (const { id, email } of concerned) {
    const noted = await tx
      .insertInto('privacy.announcement')
      .values({ userId: id, document, version })
      .onConflict((conflict) => conflict.doNothing())
      .returning('userId')
      .executeTakeFirst();
    if (noted === undefined) continue; // another process was first
    await queueMail(tx, {
      kind: 'policy-change',
      to: email,
      personId: id,
      ...changeLetter(publicUrl, document, lastUpdated),
    });
  }
  return concerned.length;
}

const NAMES = { terms: 'terms of service', privacy: 'privacy policy' } as const;

function changeLetter(publicUrl: string, document: DocumentName, lastUpdated: string): Letter {
  const name = NAMES[document];
  return letter({
    subject: `A change of our ${name}`,
    lines: [
      `We have changed our ${name} in a way that matters to you. The new version is of ${lastUpdated}.`,
      'Please read it. You are asked to accept it before you add money or generate again; everything else stays open.',
    ],
    link: { label: `Read the ${name}`, url: `${publicUrl}/legal/${document}` },
    footnote: 'You get this because you have an account at Mluen. It is no advertisement.',
  });
}
