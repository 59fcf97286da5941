import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { allowPage, type HeaderOptions } from '#server/http/headers.ts';
import { ProblemError } from '#server/http/problem.ts';

const NONCE = '__CSP_NONCE__';
/** What is an address of a program, not of a page. */
const NOT_PAGES = /^\/(api|v1|v1beta|webhooks|health|assets)(\/|$)/;

/** Serves the built web: the studio at every address that is no program's, the console under /console. */
export async function pages(app: FastifyInstance, dir: string, options: HeaderOptions): Promise<void> {
  if (!existsSync(join(dir, 'index.html')))
    throw new Error('The web is not built. Run `npm run build` (or `npm start`, which does).');
  const studio = readFileSync(join(dir, 'index.html'), 'utf8');
  const console = readFileSync(join(dir, 'console.html'), 'utf8');
  await app.register(fastifyStatic, {
    root: dir,
    index: false,
    wildcard: false,
    preCompressed: true,
    setHeaders(reply, path) {
      // Names under assets/ hold a hash of their content.
      reply.header(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  const page = (html: string) => (_request: FastifyRequest, reply: FastifyReply) => {
    const nonce = allowPage(reply, options);
    return reply.type('text/html; charset=utf-8').send(html.replaceAll(NONCE, nonce));
  };
  app.get('/console', page(console));
  app.get('/console/*', page(console));
  app.get('/', page(studio));
  app.get('/*', (request, reply) => {
    if (NOT_PAGES.test(request.url)) throw new ProblemError('not-found');
    return page(studio)(request, reply);
  });
}
