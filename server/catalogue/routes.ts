import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { getModel, listModels } from '#contract/catalogue.ts';
import { Encoded } from '#server/http/encoded.ts';
import { anyone } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import type { Catalogue, CatalogueModel } from './catalogue.ts';
import { describe, type Offer } from './describe.ts';

/** Who may be offered now, by provider: those with an open route. Read at each request. */
export type Offers = () => ReadonlyMap<string, Offer>;

/** Public: models and prices are for everybody to see before they sign up. */
export function catalogueRoutes(app: FastifyInstance, catalogue: Catalogue, offers: Offers): void {
  let kept: { tag: string; list: Promise<Encoded> } | null = null;
  route(app, listModels, anyone, async ({ request, reply }) => {
    const offered = offers();
    const models = catalogue.listModels(new Set(offered.keys()));
    const tag = tagOf(models, offered);
    // The answer is large, and the same for all: written and compressed once for each state of the catalogue.
    if (isKnown(request, reply, tag)) return { items: [] };
    if (kept?.tag !== tag) kept = { tag, list: encodedList(models, offered) };
    return kept.list;
  });
  route(app, getModel, anyone, async ({ query, request, reply }) => {
    const offered = offers();
    const model = catalogue.findModel(query.id);
    const offer = model === null ? undefined : offered.get(model.providerId);
    if (model === null || offer === undefined) {
      throw new ProblemError('not-found', { detail: 'There is no such model on offer.' });
    }
    isKnown(request, reply, tagOf([model], offered));
    return describe(model, offer);
  });
}

function encodedList(
  models: readonly CatalogueModel[],
  offered: ReadonlyMap<string, Offer>,
): Promise<Encoded> {
  const items = models.map((model) => describe(model, offered.get(model.providerId)!));
  return Encoded.of(JSON.stringify(z.encode(listModels.reply!, { items })));
}

/** Another one whenever the answer would be another. */
function tagOf(models: readonly CatalogueModel[], offers: ReadonlyMap<string, Offer>): string {
  const hash = createHash('sha256');
  for (const { id, providerId, priceVersion, changedAt } of models) {
    const resellers = offers.get(providerId)!.alsoBy(id);
    hash.update(`${id} ${priceVersion} ${changedAt.getTime()} ${JSON.stringify(resellers)}\n`);
  }
  for (const id of new Set(models.map((model) => model.providerId)))
    hash.update(JSON.stringify(offers.get(id)));
  return `"${hash.digest('base64url').slice(0, 22)}"`;
}

/** Sets the answer's tag, and the status 304 (sent without a body) when the client has what it names. */
function isKnown(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  // Weak: the same answer goes out in several codings. Asked for each time, so that a new price is seen at once.
  reply.header('etag', `W/${tag}`).header('cache-control', 'public, no-cache');
  const known = request.headers['if-none-match']
    ?.split(/\s*,\s*/)
    .some((each) => each.replace(/^W\//, '') === tag);
  if (known) reply.code(304);
  return known === true;
}
