import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** Names and attributes of our cookies: `__Host-` ties them to this very host and to HTTPS. */
export interface CookieJar {
  prefix: string;
  secure: boolean;
}

/**
 * Browsers take `__Host-` cookies over HTTPS and, without it, on this machine's own addresses. A sandbox on plain
 * HTTP at another address could keep nobody signed in, so there the names are plain.
 */
export function cookieJar(publicUrl: string): CookieJar {
  const { protocol, hostname } = new URL(publicUrl);
  const secure = protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return secure ? { prefix: '__Host-mluen', secure } : { prefix: 'mluen', secure };
}

export const SESSION_DAYS = 7;
export const SESSION_MOST_DAYS = 30;
export const DAY_MS = 24 * 60 * 60 * 1000;

/** What the database keeps of a session's token. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url');
}

export function cookieOf(request: FastifyRequest, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

export function setCookie(jar: CookieJar, name: string, value: string, maxAgeSeconds: number): string {
  const secure = jar.secure ? '; Secure' : '';
  return `${jar.prefix}.${name}=${value}; Max-Age=${maxAgeSeconds}; Path=/; HttpOnly${secure}; SameSite=Lax`;
}

/** The token in the request's session cookie, if the cookie's signature is ours. */
export function tokenOf(request: FastifyRequest, jar: CookieJar, secret: string): string | null {
  const cookie = cookieOf(request, `${jar.prefix}.session_token`);
  if (cookie === undefined) return null;
  const signed = decoded(cookie);
  const dot = signed.lastIndexOf('.');
  const token = signed.slice(0, dot);
  const expected = createHmac('sha256', secret).update(token).digest();
  const given = Buffer.from(signed.slice(dot + 1), 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
