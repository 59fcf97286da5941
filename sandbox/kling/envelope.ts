import { createHmac, randomUUID } from 'node:crypto';
import { type Exchange, sendJson } from '../kit/exchange.ts';

export interface Refused {
  status: number;
  code: number;
  message: string;
}

export const bad = (message: string): Refused => ({ status: 400, code: 1201, message });

export function succeed(exchange: Exchange, data: unknown): void {
  sendJson(exchange, 200, { code: 0, message: 'SUCCEED', request_id: randomUUID(), data });
}

export function refuse(exchange: Exchange, { status, code, message }: Refused): void {
  sendJson(exchange, status, { code, message, request_id: randomUUID() });
}

export function failureBody(status: number): unknown {
  const known: Record<number, [number, string]> = {
    429: [1302, 'Too many requests'],
    500: [5000, 'Internal server error'],
    503: [5001, 'Server temporarily unavailable'],
    504: [5002, 'Internal timeout'],
  };
  const [code, message] = known[status] ?? [5000, 'Internal server error'];
  return { code, message, request_id: randomUUID() };
}

const accessKey = 'sandbox-access-key';
const secretKey = 'sandbox-secret-key';

/** An API key of eight letters or more, or on the legacy API a token signed with the sandbox's access and secret key. */
export function isAdmitted(exchange: Exchange, isLegacy: boolean): boolean {
  const header = exchange.headers.authorization;
  const key = header?.startsWith('Bearer ') ? header.slice(7) : '';
  const refusal = key === '' ? { code: 1001, message: 'Authorization is empty' } : keyRefusal(key, isLegacy);
  if (refusal === null) return true;
  refuse(exchange, { status: refusal.code === 1102 ? 429 : 401, ...refusal });
  return false;
}

function keyRefusal(key: string, isLegacy: boolean): { code: number; message: string } | null {
  const parts = key.split('.');
  if (parts.length === 3) {
    if (!isLegacy) return { code: 1002, message: 'The current API does not support AK/SK' };
    return tokenRefusal(parts as [string, string, string]);
  }
  // An account without units is told so with the status of too many requests.
  if (key.startsWith('broke')) return { code: 1102, message: 'Account balance not enough' };
  return key.startsWith('invalid') || key.length < 8
    ? { code: 1002, message: 'Authorization is invalid' }
    : null;
}

function tokenRefusal([header, payload, signature]: [string, string, string]): {
  code: number;
  message: string;
} | null {
  const expected = createHmac('sha256', secretKey).update(`${header}.${payload}`).digest('base64url');
  let claims: { iss?: string; exp?: number; nbf?: number };
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return { code: 1002, message: 'Authorization is invalid' };
  }
  const now = Date.now() / 1000;
  if (signature !== expected || claims.iss !== accessKey)
    return { code: 1002, message: 'Authorization is invalid' };
  if ((claims.nbf ?? 0) > now) return { code: 1003, message: 'Authorization is not yet valid' };
  return (claims.exp ?? 0) < now ? { code: 1004, message: 'Authorization has expired' } : null;
}
