import { type Logger, pino, stdSerializers } from 'pino';

export type Log = Logger;

/**
 * Structured logs: ids and measures, then a fixed sentence. Never content, addresses, keys or passwords: what may be
 * logged is an allow-list, and everything else prints as `[removed]`.
 */
export function createLog(level: string, destination?: { write(line: string): void }): Log {
  const options = {
    level,
    base: undefined,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }), log: allowed },
    serializers: { err: errorFields },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Every field that may stand in a log line. */
const FIELDS = new Set([
  'reqId',
  'requestId',
  'method',
  'path',
  'status',
  'tookMs',
  'err',
  'generationId',
  'memberId',
  'topUpId',
  'keyId',
  'jobId',
  'job',
  'attempt',
  'provider',
  'route',
  'host',
  'model',
  'kind',
  'state',
  'count',
  'bytes',
  'channel',
  'eventId',
  'verdict',
  'port',
  'mode',
  'migration',
  'mailId',
  'exportId',
  'erasureId',
  'invariant',
  'transferId',
  'holdId',
  'shard',
  'region',
  'operation',
  'fault',
  'accepted',
  'signal',
  'url',
]);

function allowed(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, FIELDS.has(name) ? value : '[removed]']),
  );
}

/** PostgreSQL's `detail` and `where` quote row values, and messages of libraries quote input: only class, code and stack remain. */
function errorFields(error: Error & { code?: string }): object {
  const { type, stack } = stdSerializers.err(error);
  return { type, code: error.code, message: withoutQuotes(error.message), stack: frames(stack) };
}

function withoutQuotes(message: string): string {
  return message.replaceAll(/[\w.+-]+@[\w-]+\.[\w.]+/g, '[address]').slice(0, 300);
}

function frames(stack: string | undefined): string {
  return (stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 12)
    .join('\n');
}
