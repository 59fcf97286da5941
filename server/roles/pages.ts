import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { allowPage, type HeaderOptions } from '#server/http/headers.ts';
import { ProblemError } from '#server/http/problem.ts';

const NONCE = '__CSP_NONCE__';
/** What is an address of a program, not of a page. */
const NOT_PAGES = /^\/(api|v1|v1beta|webhooks|health|assets)(\/|$)/;
/** Files beside the pages, such as the sign of the tab. */
const BESIDE = /^\/([\w-]+\.(?:svg|png|ico|txt|webmanifest))(?:\?|$)/;

/**
 * Serves the built web as it is on disk now, so that a new build needs no restart: the studio at every address that is
 * no program's, the console under /console.
 */
export async function pages(app: FastifyInstance, dir: string, options: HeaderOptions): Promise<void> {
  if (!existsSync(join(dir, 'index.html')))
    throw new Error('The web is not built. Run `npm run build` (or `npm start`, which does).');
  await app.register(fastifyStatic, {
    root: join(dir, 'assets'),
    prefix: '/assets/',
    index: false,
    preCompressed: true,
    setHeaders(reply, path) {
      // Names under assets/ hold a hash of their content.
      reply.header(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  const page = (html: () => string) => (_request: FastifyRequest, reply: FastifyReply) => {
    const nonce = allowPage(reply, options);
    return reply.type('text/html; charset=utf-8').send(html().replaceAll(NONCE, nonce));
  };
  const studio = page(fresh(join(dir, 'index.html')));
  const console = page(fresh(join(dir, 'console.html')));
  app.get('/console', console);
  app.get('/console/*', console);
  app.get('/', studio);
  app.get('/*', (request, reply) => {
    if (NOT_PAGES.test(request.url)) throw new ProblemError('not-found');
    const file = BESIDE.exec(request.url)?.[1];
    return file === undefined ? studio(request, reply) : reply.sendFile(file, dir);
  });
}

/** A file's text, read again when it was written anew; while a build has taken it away, the text of before. */
function fresh(file: string): () => string {
  let text = readFileSync(file, 'utf8');
  let writtenAt = statSync(file).mtimeMs;
  return () => {
    const now = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (now !== undefined && now !== writtenAt) {
      text = readFileSync(file, 'utf8');
      writtenAt = now;
    }
    return text;
  };
}
