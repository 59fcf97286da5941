import { posix } from 'node:path';

/** Whom each folder may import, by the first part of the path. Anything else of ours is refused; packages are free. */
const modules = [
  'members',
  'payments',
  'wallet',
  'generations',
  'privacy',
  'support',
  'console',
  'v1',
  'health',
  'catalogue',
];
const ports = ['database', 'http', 'jobs', 'live', 'mail', 'audit', 'artifacts', 'egress'];
const everyPort = [...ports, 'log.ts', 'config.ts'];

const mayImport: Record<string, string[]> = {
  contract: ['contract'],
  sandbox: ['sandbox'],
  web: ['web', 'contract'],
  'server/database': ['server/database', 'server/log.ts'],
  'server/http': ['contract', 'server/database', 'server/log.ts', 'server/http'],
  'server/jobs': ['server/database', 'server/log.ts', 'server/jobs'],
  'server/live': ['server/database', 'server/log.ts', 'server/live'],
  'server/egress': ['server/egress', 'server/providers/provider.ts'],
  'server/artifacts': ['server/artifacts', 'server/database', 'server/privacy/personal-data-kinds.ts'],
  'server/audit': ['server/audit', 'server/database', 'server/privacy/personal-data-kinds.ts'],
  'server/mail': [
    'contract',
    'server/mail',
    'server/database',
    'server/http',
    'server/jobs',
    'server/log.ts',
    'server/audit',
    'server/privacy/personal-data-kinds.ts',
  ],
  'server/ledger': [
    'contract',
    'server/ledger',
    'server/database',
    'server/jobs',
    'server/log.ts',
    'server/config.ts',
    'server/privacy/personal-data-kinds.ts',
  ],
  'server/providers': ['contract', 'server/providers'],
};
for (const name of modules) {
  mayImport[`server/${name}`] = [
    'contract',
    'server/providers',
    'server/ledger',
    ...modules.map((other) => `server/${other}`),
    ...everyPort.map((port) => `server/${port}`),
  ];
}

/** The imports of a file that its folder does not allow; tests may import everything. */
export function forbiddenImports(file: string, source: string): string[] {
  if (/\.test\.tsx?$/.test(file) || file.includes('/contract-')) return [];
  const rule = ruleOf(file);
  if (rule === undefined) return [];
  return importsOf(source)
    .map((specifier) => targetOf(file, specifier))
    .filter((target) => target !== null)
    .filter((target) => !rule.some((allowed) => target === allowed || target.startsWith(`${allowed}/`)));
}

function ruleOf(file: string): string[] | undefined {
  const [top, folder] = file.split('/');
  return mayImport[`${top}/${folder}`] ?? mayImport[top ?? ''];
}

export function importsOf(source: string): string[] {
  return [
    ...source.matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3]!);
}

/** A path of ours from the root; null for packages and Node's own. */
export function targetOf(file: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(file), specifier));
  return null;
}
