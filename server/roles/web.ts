import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { houseFiles } from '#server/artifacts/house-files.ts';
import { catalogueConsoleRoutes } from '#server/catalogue/console-routes.ts';
import { catalogueRoutes } from '#server/catalogue/routes.ts';
import { type Config, ConfigError } from '#server/config.ts';
import { consoleRoutes } from '#server/console/routes.ts';
import { acknowledgeAll, factsVersion } from '#server/generations/acknowledgement.ts';
import { publicFileRoutes } from '#server/generations/public-files.ts';
import { generationRoutes } from '#server/generations/routes.ts';
import type { Runs } from '#server/generations/runs.ts';
import { whoElse } from '#server/generations/serving.ts';
import { providerWebhooks } from '#server/generations/webhooks.ts';
import { healthRoutes } from '#server/health/routes.ts';
import type { SeenProvider } from '#server/health/status.ts';
import type { House } from '#server/house.ts';
import { createGuards } from '#server/http/guards.ts';
import { createHttpServer, type Tls } from '#server/http/server.ts';
import { signingKey } from '#server/ledger/signing.ts';
import { mailRoutes } from '#server/mail/routes.ts';
import { openApiKeys } from '#server/members/api-keys.ts';
import { createAuth } from '#server/members/auth.ts';
import type { GoogleClient } from '#server/members/google.ts';
import { memberRoutes } from '#server/members/routes.ts';
import { cookieJar } from '#server/members/session-token.ts';
import { openSessions } from '#server/members/sessions.ts';
import { paymentsRoutes } from '#server/payments/routes.ts';
import { marketingRoutes } from '#server/privacy/marketing-routes.ts';
import { privacyRoutes } from '#server/privacy/routes.ts';
import { supportConsoleRoutes } from '#server/support/console-routes.ts';
import { contactRoutes } from '#server/support/routes.ts';
import { audioRoutes } from '#server/v1/audio.ts';
import { chatRoutes } from '#server/v1/chat.ts';
import { geminiRoutes } from '#server/v1/gemini.ts';
import { imageRoutes } from '#server/v1/images.ts';
import { createCallers } from '#server/v1/keys.ts';
import { messagesRoutes } from '#server/v1/messages.ts';
import { modelRoutes } from '#server/v1/models.ts';
import { nowhereRoutes } from '#server/v1/nowhere.ts';
import { responsesRoutes } from '#server/v1/responses.ts';
import { videoRoutes } from '#server/v1/videos.ts';
import { walletRoutes } from '#server/wallet/routes.ts';
import { statementRoutes } from '#server/wallet/statement-routes.ts';
import type { Given } from './modules-given.ts';
import { pages } from './pages.ts';

/** The built web, in the project's `dist`. */
const WEB = join(import.meta.dirname, '../../dist/web');

/** What a process of the role `web` does: it builds the HTTP server from all modules. Not listening yet. */
export async function openWeb(
  config: Config,
  house: House,
  runs: Runs,
  given: Given,
  publicUrl: string,
  simulators: Record<string, string>,
  isOpen: () => boolean,
): Promise<FastifyInstance> {
  const { parts } = house;
  const { pools, log } = parts;
  const formOrigins =
    config.STRIPE_SECRET_KEY === undefined && simulators.stripe !== undefined
      ? [new URL(simulators.stripe).origin]
      : ['https://checkout.stripe.com'];
  const headers = { https: publicUrl.startsWith('https:'), formOrigins };
  const app = createHttpServer({ ...headers, trustProxy: config.TRUST_PROXY, tls: tlsOf(config) }, log);
  const secret = config.secrets.app;
  const google = googleClient(config, simulators);
  const guards = createGuards(openSessions({ pools, jar: cookieJar(publicUrl), secret }));
  const auth = createAuth({ pools, log, publicUrl, secret, google, opening: given.opening });

  healthRoutes(app, {
    pools,
    mode: config.mode,
    sandboxed: given.sandboxed,
    google: google !== null,
    operator: given.operator.name,
    mailIsKept: config.SMTP_URL === undefined,
    providers: () => seenProviders(house),
    isOpen,
  });
  await memberRoutes(app, {
    pools,
    guards,
    auth,
    publicUrl,
    secret,
    keyMade: (tx, memberId) => acknowledgeAll(parts, tx, memberId),
  });
  catalogueRoutes(app, parts.catalogue, () => offers(house));
  const routes = () =>
    parts.routing.health().map((seen) => {
      const { baseUrl, region } = parts.routing.byId(seen.route)!;
      return { ...seen, host: new URL(baseUrl).host, region };
    });
  const catalogue = { pools, catalogue: parts.catalogue, offers: () => offers(house), routes };
  catalogueConsoleRoutes(app, catalogue, guards);
  walletRoutes(app, { pools }, guards);
  statementRoutes(app, { pools, key: signingKey(secret) }, guards);
  await paymentsRoutes(app, given.payments, guards);
  generationRoutes(app, parts, runs, guards, config.MAX_UPLOAD_BYTES);
  publicFileRoutes(app, parts);
  await providerWebhooks(app, parts, (id) => runs.poke(id));
  privacyRoutes(app, given.privacy, guards);
  contactRoutes(app, given.support, guards, {
    contact: config.SECURITY_CONTACT,
    policy: config.SECURITY_POLICY,
    publicUrl,
  });
  supportConsoleRoutes(app, given.support, guards);
  await marketingRoutes(app, { pools, publicUrl, secret }, guards);
  mailRoutes(app, { pools, guards });
  consoleRoutes(
    app,
    {
      pools,
      mode: config.mode,
      sandboxed: given.sandboxed,
      archives: {
        key: signingKey(config.secrets.app),
        place: houseFiles(parts.store, config.secrets.app, 'ledger archive'),
      },
    },
    guards,
  );
  const keys = openApiKeys(pools, parts.live);
  const callers = createCallers(parts, (secretKey) => keys.find(secretKey));
  await chatRoutes(app, parts, runs, callers);
  await messagesRoutes(app, parts, runs, callers);
  await audioRoutes(app, parts, runs, callers, config.MAX_UPLOAD_BYTES);
  await imageRoutes(app, parts, runs, callers, config.MAX_UPLOAD_BYTES);
  await geminiRoutes(app, parts, runs, callers);
  await responsesRoutes(app, parts, runs, callers);
  await videoRoutes(app, parts, runs, callers, config.MAX_UPLOAD_BYTES);
  modelRoutes(app, parts, callers);
  await nowhereRoutes(app, parts);
  await pages(app, WEB, headers);
  return app;
}

function tlsOf({ TLS_CERT_FILE, TLS_KEY_FILE }: Config): Tls | undefined {
  if (TLS_CERT_FILE === undefined || TLS_KEY_FILE === undefined) return undefined;
  try {
    return { cert: readFileSync(TLS_CERT_FILE), key: readFileSync(TLS_KEY_FILE) };
  } catch (cause) {
    throw new ConfigError(`TLS_CERT_FILE or TLS_KEY_FILE cannot be read: ${(cause as Error).message}`);
  }
}

function googleClient(config: Config, simulators: Record<string, string>): GoogleClient | null {
  if (config.GOOGLE_CLIENT_ID !== undefined && config.GOOGLE_CLIENT_SECRET !== undefined) {
    return {
      clientId: config.GOOGLE_CLIENT_ID,
      clientSecret: config.GOOGLE_CLIENT_SECRET,
      discoveryUrl: 'https://accounts.google.com/.well-known/openid-configuration',
    };
  }
  const simulator = simulators['google-identity'];
  if (simulator === undefined) return null;
  return {
    clientId: 'sandbox.apps.googleusercontent.com',
    clientSecret: 'GOCSPX-sandbox',
    discoveryUrl: `${simulator}/.well-known/openid-configuration`,
  };
}

/** Ways that staff have closed are nobody's fault, and left out. */
function seenProviders({ parts: { routing } }: House): SeenProvider[] {
  const seen = routing.health();
  return [...routing.openProviders()].map((id) => {
    const onOffer = new Set(routing.routesOf(id).map((way) => way.id));
    const { name } = routing.provider(id).terms;
    return { id, name, routes: seen.filter((way) => onOffer.has(way.route)) };
  });
}

function offers({ parts }: House) {
  const { routing } = parts;
  return new Map(
    [...routing.openProviders()].map((id) => [
      id,
      {
        terms: routing.provider(id).terms,
        version: factsVersion(routing.provider(id).terms),
        routes: routing
          .routesOf(id)
          .map(({ baseUrl, region, sandbox }) => ({ host: new URL(baseUrl).host, region, sandbox })),
        alsoBy: (modelId: string) => whoElse(parts, modelId),
      },
    ]),
  );
}
