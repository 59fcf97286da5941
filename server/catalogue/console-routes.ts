import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import * as contract from '#contract/console-catalogue.ts';
import type { Pools } from '#server/database/connections.ts';
import type { Tx } from '#server/database/transaction.ts';
import type { Guards, SignedIn } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import type { Catalogue } from './catalogue.ts';
import { importItems, previewOf } from './console-difference.ts';
import { providersHealth, type SeenRoute } from './console-providers.ts';
import { mayEdit, pricedModel, staffCatalogue, staffModel } from './console-view.ts';
import { shippedProviders } from './data/shipped-models.ts';
import { exportCatalogue } from './export.ts';
import { catalogueFile, readCatalogueFile } from './file.ts';
import { differenceOf, type TakeRefused, takeDifference } from './import.ts';
import { costOf } from './price-lists.ts';
import type { Author } from './record.ts';
import type { Offers } from './routes.ts';
import type { JsonSchema, ShippedPrice, ShippedProvider } from './shipped.ts';
import {
  addPrice,
  type EditRefused,
  faultOf,
  setMarkup,
  setOffered,
  setProviderOpen,
  setRoute,
} from './staff.ts';

export interface CatalogueConsole {
  pools: Pools;
  catalogue: Catalogue;
  offers: Offers;
  /** The routes as this process sees them now. */
  routes: () => SeenRoute[];
}

/** Those who may edit come first: who has several roles acts under the one that may. */
const EDITORS = ['finance', 'operator'] as const;
const READERS = [...EDITORS, 'auditor', 'support'] as const;
/** A whole catalogue is below one megabyte; models of an installation's own may double it. */
const FILE_BYTES = 9 * 1024 * 1024;

/** Staff read where prices come from and edit them. Who may edit, PostgreSQL decides. */
export function catalogueConsoleRoutes(app: FastifyInstance, deps: CatalogueConsole, guards: Guards): void {
  const isSeen = (modelId: string) => {
    const model = deps.catalogue.findModel(modelId);
    return model !== null && deps.offers().has(model.providerId);
  };
  route(app, contract.getStaffCatalogue, guards.staff, (given) =>
    asOneOfStaff(deps.pools, given, READERS, (tx) => staffCatalogue(tx, isSeen, new Date())),
  );
  route(app, contract.getStaffModel, guards.staff, async (given) => {
    const found = await asOneOfStaff(deps.pools, given, READERS, (tx) =>
      staffModel(tx, given.query.id, isSeen, new Date()),
    );
    if (found === null) throw refusal('no_such_model');
    return found;
  });
  route(app, contract.previewPrices, guards.staff, async (given) => {
    const found = await asOneOfStaff(deps.pools, given, READERS, (tx) =>
      pricedModel(tx, given.body.modelId, new Date()),
    );
    if (found === null) throw refusal('no_such_model');
    return preview(found, given.body);
  });
  route(app, contract.listProviders, guards.staff, (given) =>
    asOneOfStaff(deps.pools, given, READERS, async (tx) => ({
      mayEdit: await mayEdit(tx),
      items: await providersHealth(tx, deps.routes(), isSeen, new Date()),
    })),
  );
  editRoutes(app, deps, guards);
  importRoutes(app, deps, guards);
}

function preview(
  { model, current }: NonNullable<Awaited<ReturnType<typeof pricedModel>>>,
  edit: z.output<typeof contract.previewPrices.body & {}>,
) {
  const costs = edit.prices?.map((price) => costOf(price as ShippedPrice)) ?? current.costs;
  const fault = faultOf(costs, current.costs, model.parameters as JsonSchema);
  if (fault !== null) throw refusal(fault);
  const { markupBasisPoints = model.markupBasisPoints } = edit;
  return previewOf(model, current, { costs, markupBasisPoints });
}

function editRoutes(app: FastifyInstance, { pools }: CatalogueConsole, guards: Guards): void {
  /** Runs one edit in one transaction with its audit entry. */
  async function edited(
    given: SignedIn & { request: FastifyRequest },
    edit: (tx: Tx<'finance' | 'operator'>, by: Author) => Promise<EditRefused | null>,
  ): Promise<void> {
    const by = { staffId: given.memberId, requestId: given.request.id };
    const refused = await asOneOfStaff(pools, given, EDITORS, (tx) => edit(tx, by));
    if (refused !== null) throw refusal(refused);
  }
  route(app, contract.editMarkup, guards.staff, (given) =>
    edited(given, (tx, by) => {
      const { version: seen, ...edit } = given.body;
      return setMarkup(tx, by, { ...edit, seen });
    }),
  );
  route(app, contract.addPrices, guards.staff, (given) =>
    edited(given, (tx, by) => {
      const { version: seen, from, prices, ...edit } = given.body;
      const now = new Date();
      const costs = prices.map((price) => costOf(price as ShippedPrice));
      return addPrice(tx, by, { ...edit, seen, now, from: from === null ? now : new Date(from), costs });
    }),
  );
  route(app, contract.offerModel, guards.staff, (given) =>
    edited(given, (tx, by) => {
      const { version: seen, ...edit } = given.body;
      return setOffered(tx, by, { ...edit, seen });
    }),
  );
  route(app, contract.openProvider, guards.staff, (given) =>
    edited(given, (tx, by) => setProviderOpen(tx, by, given.body)),
  );
  route(app, contract.weighRoute, guards.staff, (given) =>
    edited(given, (tx, by) => setRoute(tx, by, given.body)),
  );
}

function importRoutes(app: FastifyInstance, { pools }: CatalogueConsole, guards: Guards): void {
  route(
    app,
    contract.showImport,
    guards.staff,
    async (given) => {
      const { providers, manner } = read(given.body.other);
      return asOneOfStaff(pools, given, READERS, async (tx) => {
        const now = new Date();
        const shown = await differenceOf(tx, providers, manner, now);
        const models = await tx
          .selectFrom('catalogue.model')
          .select(['id', 'name', 'parameters'])
          .limit(10_000)
          .execute();
        const here = new Map(
          models.map(({ id, name, parameters }) => [id, { name, parameters: parameters as JsonSchema }]),
        );
        return {
          mayEdit: await mayEdit(tx),
          digest: shown.digest,
          items: importItems(shown, providers, here, now),
        };
      });
    },
    { bodyLimit: FILE_BYTES },
  );
  route(
    app,
    contract.takeImport,
    guards.staff,
    async (given) => {
      const { other, ...choice } = given.body;
      const by = { staffId: given.memberId, requestId: given.request.id };
      const changed = await asOneOfStaff(pools, given, EDITORS, (tx) =>
        takeDifference(tx, by, { ...read(other), ...choice }),
      );
      if (typeof changed !== 'number') throw takeRefusal(changed);
      return { changed };
    },
    { bodyLimit: FILE_BYTES },
  );
  app.get('/api/console/catalogue/file', async (request, reply) => {
    const signedIn = await guards.staff(request);
    const providers = await asOneOfStaff(pools, signedIn, READERS, (tx) => exportCatalogue(tx));
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', 'attachment; filename="mluen-catalogue.json"')
      .type('application/json; charset=utf-8')
      .send(catalogueFile(providers));
  });
}

function read(other: z.output<typeof contract.showImport.body & {}>['other']): {
  providers: readonly ShippedProvider[];
  manner: 'shipped' | 'file';
} {
  if (other.source === 'shipped') return { providers: shippedProviders, manner: 'shipped' };
  const found = readCatalogueFile(other.file);
  if (found.ok) return { providers: found.providers, manner: 'file' };
  throw new ProblemError('invalid-input', {
    detail: 'This is no catalogue that can be taken. Each place and its fault:',
    errors: found.errors,
  });
}

function takeRefusal(refused: TakeRefused): ProblemError {
  if (refused === 'changed_meanwhile')
    return new ProblemError('not-possible-now', {
      detail: 'The catalogue changed since this difference was shown. Look at it again; nothing was changed.',
    });
  if (refused === 'nothing_chosen')
    return new ProblemError('invalid-input', { detail: 'None of the chosen models differs.' });
  return new ProblemError('invalid-input', {
    errors: [{ path: refused.modelId, message: `its parameters are no valid schema: ${refused.schema}` }],
  });
}

const refusals: Record<EditRefused, () => ProblemError> = {
  no_such_model: () => new ProblemError('not-found', { detail: 'There is no such model.' }),
  no_such_provider: () => new ProblemError('not-found', { detail: 'There is no such provider.' }),
  changed_meanwhile: () =>
    new ProblemError('not-possible-now', {
      detail: 'Somebody changed this model since you opened it. Look at it again; nothing was changed.',
    }),
  in_the_past: () =>
    new ProblemError('invalid-input', {
      errors: [{ path: 'from', message: 'A price begins now or later, never in the past.' }],
    }),
  no_prices: () =>
    new ProblemError('invalid-input', { errors: [{ path: 'prices', message: 'A model needs prices.' }] }),
  unknown_unit: () =>
    new ProblemError('invalid-input', {
      errors: [{ path: 'prices', message: 'One of the units is nothing that a provider reports.' }],
    }),
  unknown_condition: () =>
    new ProblemError('invalid-input', {
      errors: [
        { path: 'prices', message: 'One of the conditions is on a parameter the model does not take.' },
      ],
    }),
  unit_left_out: () =>
    new ProblemError('invalid-input', {
      errors: [
        { path: 'prices', message: 'A unit that has a price now would have none: its use would go unpaid.' },
      ],
    }),
};

function refusal(refused: EditRefused): ProblemError {
  return refusals[refused]();
}
