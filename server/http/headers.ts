import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';

export interface HeaderOptions {
  /** Whether people reach us by HTTPS: then browsers are told to insist on it. */
  https: boolean;
  /** Origins that a form may lead to, beside our own: the payment processor's page. */
  formOrigins: readonly string[];
}

/** Sets the headers that every answer carries (ASVS 3.4); an answer that is no page may load and frame nothing. */
export function securityHeaders(app: FastifyInstance, options: HeaderOptions): void {
  const everywhere: Record<string, string> = {
    'content-security-policy':
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(options.https ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {}),
  };
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(everywhere);
    done();
  });
}

/**
 * Lets this answer be a page of ours: its own scripts and styles, and inline ones that carry the nonce returned
 * (ASVS 3.4.3). A new nonce for each answer, so the answer must not be cached.
 */
export function allowPage(reply: FastifyReply, options: HeaderOptions): string {
  const nonce = randomBytes(18).toString('base64url');
  reply.header('content-security-policy', pagePolicy(nonce, options.formOrigins));
  reply.header('cache-control', 'no-store');
  return nonce;
}

function pagePolicy(nonce: string, formOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "media-src 'self' blob:",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    ['form-action', "'self'", ...formOrigins].join(' '),
  ].join('; ');
}
