import { join } from 'node:path';
import { houseFiles } from '#server/artifacts/house-files.ts';
import type { Config } from '#server/config.ts';
import { generationJobs } from '#server/generations/jobs.ts';
import { startReaper } from '#server/generations/reaper.ts';
import type { Runs } from '#server/generations/runs.ts';
import type { House } from '#server/house.ts';
import { type JobRunner, startJobs } from '#server/jobs/jobs.ts';
import { ledgerJobs } from '#server/ledger/jobs.ts';
import { signingKey } from '#server/ledger/signing.ts';
import { mailJobs } from '#server/mail/jobs.ts';
import { memberJobs } from '#server/members/jobs.ts';
import { paymentsJobs } from '#server/payments/jobs.ts';
import { privacyJobs } from '#server/privacy/jobs.ts';
import { supportJobs } from '#server/support/jobs.ts';
import { openTicket } from '#server/support/tickets.ts';
import type { Given } from './modules-given.ts';

/** What a process of the role `worker` does: jobs from the queue, and taking up what a dead process left. */
export async function startWorker(
  config: Config,
  house: House,
  runs: Runs,
  given: Given,
): Promise<JobRunner> {
  const { parts } = house;
  const { pools, log } = parts;
  const jobs = await startJobs(
    pools,
    [
      mailJobs({
        pools,
        settings: {
          smtpUrl: config.SMTP_URL,
          from: config.MAIL_FROM,
          forgetText: config.mode === 'production',
        },
        log,
      }),
      memberJobs({
        pools,
        opening: given.opening,
        tellSecured: async (memberId) => {
          await openTicket(given.support, memberId, {
            topic: 'security',
            text: 'Sent by "Secure my account": all sessions and keys are ended, spending is stopped. Please look at what was done before.',
            attachments: [],
          });
        },
      }),
      paymentsJobs(given.payments),
      privacyJobs(given.privacy),
      supportJobs(given.support),
      ledgerJobs({
        pools,
        archives: {
          key: signingKey(config.secrets.app),
          place: houseFiles(parts.store, config.secrets.app, 'ledger archive'),
        },
        archiveMonths: config.LEDGER_ARCHIVE_MONTHS,
        anchorDir: join(config.dataDir, 'anchors'),
        log,
      }),
      generationJobs(parts),
    ],
    log,
  );
  const stopReaper = startReaper(parts, runs);
  return {
    async stop() {
      stopReaper();
      await jobs.stop();
    },
  };
}
