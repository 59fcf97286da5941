import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problem.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a state-changing request that a page of another origin made with our cookie (ASVS 3.5). Browsers name
 * the origin by themselves; a program names none and has no cookie of a person to abuse. `same-site` is refused
 * too: other ports of one host share its cookies.
 */
export function refuseForeignOrigin(request: FastifyRequest): void {
  if (SAFE.has(request.method)) return;
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const foreignOrigin = origin !== undefined && hostOf(origin) !== request.host;
  if (foreignSite || foreignOrigin)
    throw new ProblemError('not-allowed', { detail: 'This can only be done from our own pages.' });
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
