import { sql } from 'kysely';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Pools } from '#server/database/connections.ts';
import { asService } from '#server/database/transaction.ts';
import type { ModuleJobs } from '#server/jobs/jobs.ts';
import type { Log } from '#server/log.ts';

export interface MailSettings {
  /** Without it mail is kept, to be read in the console: sandbox mode only. */
  smtpUrl: string | undefined;
  from: string;
  /** Sent mail loses its text, since what it says (a code, a link) is nobody's business any more. */
  forgetText: boolean;
}

const Payload = z.object({ mailId: z.uuid() });

/** `mail.send` sends one mail. After a kill between sending and noting it, it is sent again with the same Message-ID. */
export function mailJobs(deps: { pools: Pools; settings: MailSettings; log: Log }): ModuleJobs {
  const { pools, settings, log } = deps;
  const transport = settings.smtpUrl === undefined ? null : createTransport(settings.smtpUrl);
  return {
    handlers: {
      'mail.send': async (payload, attempt) => {
        const { mailId } = Payload.parse(payload);
        const mail = await claim(pools, mailId);
        if (mail === undefined) return; // sent before, or its person is erased
        if (transport === null) return note(pools, mailId, { state: 'kept' });
        try {
          await transport.sendMail({
            from: settings.from,
            to: mail.recipient,
            subject: mail.subject,
            text: mail.bodyText ?? '',
            html: mail.bodyHtml ?? '',
            headers: stoppedBy(mail.listUnsubscribe),
            messageId: `<${mailId}@${domainOf(settings.from)}>`,
            disableFileAccess: true,
            disableUrlAccess: true,
          });
        } catch (error) {
          const state = attempt.last ? 'failed' : 'queued';
          await note(pools, mailId, {
            state,
            lastError: answerOf(error),
            ...(attempt.last ? forgotten(settings) : {}),
          });
          if (attempt.last) return log.error({ mailId, err: error }, 'mail was given up');
          throw error;
        }
        await note(pools, mailId, {
          state: 'sent',
          sentAt: new Date(),
          lastError: null,
          ...forgotten(settings),
        });
      },
      'mail.forget': async () => {
        await asService(pools, (tx) =>
          tx
            .deleteFrom('mail.outbox')
            .where('state', '!=', 'queued')
            .where('queuedAt', '<', new Date(Date.now() - KEPT_MS))
            .execute(),
        );
      },
    },
    schedule: ['17 3 * * * mail.forget'],
  };
}

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

async function claim(pools: Pools, mailId: string) {
  return asService(pools, (tx) =>
    tx
      .updateTable('mail.outbox')
      .set((set) => ({ attempts: set('attempts', '+', 1) }))
      .where('id', '=', mailId)
      .where('state', '=', 'queued')
      // Asked again at the last moment, whatever was true when it was queued.
      .where((is) =>
        is.or([is('kind', '!=', 'marketing'), sql<boolean>`identity.takes_marketing(person_id)`]),
      )
      .returning(['recipient', 'subject', 'bodyText', 'bodyHtml', 'listUnsubscribe'])
      .executeTakeFirst(),
  );
}

/** Mail programs show a button of their own for these, and press it by POST (RFC 8058). */
function stoppedBy(url: string | null): Record<string, string> {
  return url === null
    ? {}
    : { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

interface Outcome {
  state: 'queued' | 'sent' | 'failed' | 'kept';
  sentAt?: Date;
  lastError?: string | null;
  bodyText?: null;
  bodyHtml?: null;
}

async function note(pools: Pools, mailId: string, outcome: Outcome): Promise<void> {
  await asService(pools, (tx) =>
    tx.updateTable('mail.outbox').set(outcome).where('id', '=', mailId).execute(),
  );
}

function forgotten({ forgetText }: MailSettings): { bodyText?: null; bodyHtml?: null } {
  return forgetText ? { bodyText: null, bodyHtml: null } : {};
}

/** The mail server's status, such as `EENVELOPE 550`; its sentence may quote the address. */
function answerOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return [code, responseCode].filter((part) => part !== undefined).join(' ') || 'no answer';
}

function domainOf(from: string): string {
  return /@([^>\s]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
}
