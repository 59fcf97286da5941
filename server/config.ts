import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const Flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/**
 * Every setting there is, with its default. docs/settings.md is made from this table (`npm run settings`).
 * Provider keys follow the pattern of each provider's folder and are read through `providerSetting`.
 */
const Environment = z.object({
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(3000)
    .describe('HTTP port. If taken and not set, the next free one is used.'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PUBLIC_URL: z
    .url()
    .optional()
    .describe(
      'Address that people and providers use; by default http://HOST:PORT. Providers that fetch clips and sounds need HTTPS and a public name.',
    ),
  DATA_DIR: z
    .string()
    .default('data')
    .describe('Folder for the embedded PostgreSQL, artifacts, keys and sandbox.json.'),
  DATABASE_URL: z
    .string()
    .optional()
    .describe(
      'An outside PostgreSQL ≥ 16, as a role that may create roles; without it an embedded one is started.',
    ),
  MODE: z
    .enum(['sandbox', 'production'])
    .optional()
    .describe(
      '`production` refuses to start with a sandbox part. By default `sandbox` unless provider and payment keys are set.',
    ),
  ROLES: z.string().default('web,worker').describe('What this process does: `web`, `worker` or both.'),
  MASTER_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe(
      '32 bytes in hex that wrap every member’s content key. By default made once and kept in DATA_DIR/master.key.',
    ),
  APP_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe(
      'Secret for sessions, quotes and database logins. By default made once and kept in DATA_DIR/app.secret.',
    ),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('How much is logged.'),
  TLS_CERT_FILE: z
    .string()
    .optional()
    .describe(
      'Certificate chain in PEM, with TLS_KEY_FILE: HTTPS is spoken on PORT, without a proxy in front. Read at the start.',
    ),
  TLS_KEY_FILE: z.string().optional().describe('Private key of that certificate, in PEM.'),
  TRUST_PROXY: z
    .string()
    .optional()
    .describe('Addresses of reverse proxies whose X-Forwarded-For is believed, comma-separated.'),
  SMTP_URL: z
    .string()
    .optional()
    .describe(
      'SMTP server for mail, such as smtps://user:pass@host; without it mail is kept in the console’s outbox.',
    ),
  MAIL_FROM: z.string().default('Mluen <no-reply@localhost>').describe('Sender of mail.'),
  STRIPE_SECRET_KEY: z.string().optional().describe('Switches card payments to the real Stripe.'),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .optional()
    .describe('Signing secret of the Stripe webhook endpoint; two during a rotation, comma-separated.'),
  GOOGLE_CLIENT_ID: z.string().optional().describe('Switches Google sign-in to the real Google.'),
  GOOGLE_CLIENT_SECRET: z.string().optional().describe('Secret of that client.'),
  OPERATOR_NAME: z.string().optional().describe('Name of the operator (the data controller).'),
  OPERATOR_ADDRESS: z.string().optional().describe('Postal address of the operator.'),
  OPERATOR_CONTACT: z.string().optional().describe('Data-protection contact of the operator.'),
  OPERATOR_EU_REPRESENTATIVE: z
    .string()
    .optional()
    .describe('Name and address of the representative in the European Union (GDPR 27), where there is one.'),
  OPERATOR_UK_REPRESENTATIVE: z.string().optional().describe('The same for the United Kingdom.'),
  SECURITY_CONTACT: z
    .string()
    .regex(/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/, 'mailto:… or https://…')
    .optional()
    .describe(
      'Where weaknesses are reported, named first in /.well-known/security.txt: `mailto:…` or `https://…`. The contact page is named beside it, or alone.',
    ),
  SECURITY_POLICY: z
    .string()
    .regex(/^https:\/\/\S+$/, 'https://…')
    .optional()
    .describe('Address of the rules for who looks for weaknesses, for security.txt.'),
  ERASURE_GRACE_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60)
    .default(14)
    .describe('Days between asking for erasure and erasing.'),
  LEDGER_ARCHIVE_MONTHS: z.coerce
    .number()
    .int()
    .min(24)
    .default(132)
    .describe(
      'Months that transfers stay in the database before their month moves to the archive: the longest time that tax law asks for books (ten years), and a year.',
    ),
  PROVIDER_IDLE_SECONDS: z.coerce
    .number()
    .min(0.2)
    .max(3600)
    .default(180)
    .describe('Longest silence of a provider before a call counts as timed out.'),
  MAX_UPLOAD_BYTES: z.coerce
    .number()
    .int()
    .default(50 * 1024 * 1024)
    .describe('Largest file that may be uploaded.'),
  STAFF_EMAIL: z
    .email()
    .optional()
    .describe('Staff account made at the first start in production mode, with STAFF_PASSWORD.'),
  STAFF_PASSWORD: z.string().min(12).optional().describe('Password of that account.'),
  SANDBOX_URLS: z
    .string()
    .optional()
    .describe(
      'JSON of running simulators by id, in place of starting them in this process (tests, benchmarks).',
    ),
  OPEN_BROWSER: Flag.default(false).describe('Opens the address in a browser after the start.'),
});

export type Config = Omit<z.output<typeof Environment>, 'MODE' | 'MASTER_KEY' | 'APP_SECRET'> & {
  mode: 'sandbox' | 'production';
  dataDir: string;
  /** Whether PORT was named: then another port is never taken in its place. */
  portIsFixed: boolean;
  roles: Set<'web' | 'worker'>;
  secrets: Secrets;
  /** Settings that belong to a provider's folder, such as `OPENAI_API_KEY`. */
  providerSetting(name: string): string | undefined;
};

/** Prints as `[secret]` wherever it is logged or serialised by accident. */
export interface Secrets {
  masterKey: Buffer;
  app: string;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Reads the environment into one typed object. Throws `ConfigError` that names each setting that is wrong. */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    );
  }
  const { MODE, MASTER_KEY, APP_SECRET, ...rest } = parsed.data;
  const mode = MODE ?? 'sandbox';
  const dataDir = resolve(rest.DATA_DIR);
  if ((rest.TLS_CERT_FILE === undefined) !== (rest.TLS_KEY_FILE === undefined))
    throw new ConfigError('TLS_CERT_FILE and TLS_KEY_FILE belong together: set both, or neither.');
  if (mode === 'production') refuseUnsafe(parsed.data);
  mkdirSync(dataDir, { recursive: true });
  return {
    ...rest,
    mode,
    dataDir,
    portIsFixed: present.PORT !== undefined && rest.PORT !== 0,
    roles: new Set(rest.ROLES.split(',').map((role) => z.enum(['web', 'worker']).parse(role.trim()))),
    secrets: hidden({
      masterKey: Buffer.from(MASTER_KEY ?? keptSecret(dataDir, 'master.key'), 'hex'),
      app: APP_SECRET ?? keptSecret(dataDir, 'app.secret'),
    }),
    providerSetting: (name) => present[name],
  };
}

/** Production never starts half-real: each missing or unsafe part is named. */
function refuseUnsafe(settings: z.output<typeof Environment>) {
  const faults: string[] = [];
  for (const name of [
    'MASTER_KEY',
    'APP_SECRET',
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRET',
    'SMTP_URL',
    'PUBLIC_URL',
    'OPERATOR_NAME',
  ] as const) {
    if (settings[name] === undefined) faults.push(`${name} is missing`);
  }
  if (settings.PUBLIC_URL !== undefined && !settings.PUBLIC_URL.startsWith('https://')) {
    faults.push('PUBLIC_URL is plain HTTP: sessions and payments need HTTPS');
  }
  if (settings.SMTP_URL !== undefined && mailMayGoInTheClear(settings.SMTP_URL))
    faults.push('SMTP_URL may send mail in the clear: use smtps://, or add ?requireTLS=true');
  if (settings.DATABASE_URL !== undefined && rowsMayGoInTheClear(settings.DATABASE_URL))
    faults.push('DATABASE_URL is not encrypted: add ?sslmode=verify-full');
  if (settings.STRIPE_SECRET_KEY?.startsWith('sk_test_')) faults.push('STRIPE_SECRET_KEY is a test key');
  if (settings.SANDBOX_URLS !== undefined) faults.push('SANDBOX_URLS names simulators');
  if (faults.length > 0)
    throw new ConfigError(`Production mode cannot start:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
}

/** What production can do without and should not, in sentences for the log (clause 1.1). */
export function unsaid(config: Pick<Config, 'mode' | 'OPERATOR_ADDRESS' | 'OPERATOR_CONTACT'>): string[] {
  if (config.mode !== 'production') return [];
  return (['OPERATOR_ADDRESS', 'OPERATOR_CONTACT'] as const)
    .filter((name) => config[name] === undefined)
    .map((name) => `${name} is not set: policy, receipts and exports do not say how to reach the operator`);
}

/** What does not leave this machine needs no encryption on the way. */
function isThisMachine(host: string): boolean {
  return host === '' || host.startsWith('/') || /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
}

function mailMayGoInTheClear(text: string): boolean {
  if (!URL.canParse(text)) return false; // the mailer says what is wrong with it
  const { protocol, hostname, searchParams } = new URL(text);
  return protocol === 'smtp:' && searchParams.get('requireTLS') !== 'true' && !isThisMachine(hostname);
}

function rowsMayGoInTheClear(text: string): boolean {
  if (!URL.canParse(text)) return false; // the driver says what is wrong with it
  const { hostname, searchParams } = new URL(text);
  const mode = searchParams.get('sslmode');
  return (mode === null || mode === 'disable') && !isThisMachine(searchParams.get('host') ?? hostname);
}

function keptSecret(dataDir: string, name: string): string {
  const path = join(dataDir, name);
  if (!existsSync(path)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  }
  chmodSync(path, 0o600);
  return readFileSync(path, 'utf8').trim();
}

function hidden<T extends object>(values: T): T {
  return Object.assign(Object.create({ toJSON: () => '[secret]', toString: () => '[secret]' }), values);
}

/** The settings as a Markdown table, for docs/settings.md. */
export function settingsTable(): string {
  const rows = Object.entries(Environment.shape).map(([name, schema]) => {
    const fallback = schema.safeParse(undefined);
    const standard = fallback.success && fallback.data !== undefined ? `\`${String(fallback.data)}\`` : '';
    return `| \`${name}\` | ${standard} | ${schema.description ?? ''} |`;
  });
  return ['| setting | default | meaning |', '|---|---|---|', ...rows].join('\n');
}
