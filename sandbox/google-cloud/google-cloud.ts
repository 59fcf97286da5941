import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { jwtVerify } from 'jose';
import { objectIn } from '../kit/body.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import { type Task, Tasks } from '../kit/tasks.ts';
import { film } from '../kit/video.ts';
import { newWorld, runAlone, type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { type VeoWork, veoModels, veoWork } from './veo-request.ts';

interface Account {
  email: string;
  privateKey: string;
  publicKey: KeyObject;
}

interface Cloud {
  world: World;
  tasks: Tasks<VeoWork>;
  /** Access tokens, and until when they are good. */
  tokens: Map<string, number>;
  /** Made when first asked for: a key takes a good part of a second. */
  account: () => Account;
}

const TOKEN_SECONDS = 3600;
/** Good for ever, for those who have no key file at hand. */
const SANDBOX_TOKEN = 'ya29.sandbox-key';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const statuses: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/**
 * Veo on Google Cloud, and the token endpoint for its service account. `GET /_control/service-account` gives the key
 * file of the account that it knows.
 */
export async function startGoogleCloud(options: SimulatorOptions = {}): Promise<Simulator> {
  const world = newWorld();
  const account = lazily(newAccount);
  const tasks = new Tasks<VeoWork>(world, (task) => count(task, world));
  const cloud: Cloud = { world, tasks, tokens: new Map(), account };
  const simulator = await startSimulator(
    {
      id: 'google-cloud',
      malformed: (exchange, why) => refuse(exchange, 400, why),
      handle: (exchange) => route(exchange, cloud),
      control: {
        'GET /_control/service-account': () => ({
          type: 'service_account',
          project_id: 'sandbox-project',
          private_key_id: 'sandbox',
          private_key: account().privateKey,
          client_email: account().email,
          token_uri: `${simulator.url}/token`,
        }),
      },
    },
    options,
    world,
  );
  return simulator;
}

function newAccount(): Account {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const email = 'sandbox@sandbox-project.iam.gserviceaccount.com';
  return { email, privateKey, publicKey: createPublicKey(privateKey) };
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function refuse(exchange: Exchange, code: number, message: string): void {
  sendJson(exchange, code, { error: { code, message, status: statuses[code] ?? 'UNKNOWN' } });
}

const failure = (code: number) => ({
  error: {
    code,
    message:
      code === 429 ? 'Quota exceeded for aiplatform.googleapis.com.' : 'An internal error has occurred.',
    status: statuses[code] ?? 'UNKNOWN',
  },
});

async function route(exchange: Exchange, cloud: Cloud): Promise<void> {
  const { method, path, headers } = exchange;
  if (method === 'POST' && path === '/token') {
    await grant(exchange, cloud);
    return;
  }
  const token = headers.authorization?.startsWith('Bearer ') ? headers.authorization.slice(7) : '';
  const isGood = token === SANDBOX_TOKEN || (cloud.tokens.get(token) ?? 0) >= cloud.world.clock.now();
  if (!isGood) {
    refuse(exchange, 401, 'Request had invalid authentication credentials. Expected OAuth 2 access token.');
    return;
  }
  const match =
    /^\/v1(?:beta1)?\/projects\/([\w-]+)\/locations\/([\w-]+)\/publishers\/google\/models\/([\w.-]+):(\w+)$/.exec(
      path,
    );
  const [, project, location, model = '', verb] = match ?? [];
  if (match === null || method !== 'POST' || veoModels[model] === undefined) {
    refuse(
      exchange,
      404,
      `Publisher Model ${model} was not found or your project does not have access to it.`,
    );
    return;
  }
  let body: Record<string, unknown>;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, 400, 'Invalid JSON payload received.');
    return;
  }
  if (verb === 'predictLongRunning')
    await submit(
      exchange,
      cloud,
      model,
      body,
      `projects/${project}/locations/${location}/publishers/google/models/${model}/operations`,
    );
  else if (verb === 'fetchPredictOperation')
    await fetchOperation(exchange, cloud, String(body.operationName));
  else refuse(exchange, 404, 'Method not found.');
}

/** A signed assertion of the service account for a token of an hour. */
async function grant(exchange: Exchange, { world, tokens, account }: Cloud): Promise<void> {
  const form = new URLSearchParams(exchange.body.toString('utf8'));
  try {
    if (form.get('grant_type') !== GRANT) throw new Error('grant_type');
    const { payload } = await jwtVerify(form.get('assertion') ?? '', account().publicKey, {
      issuer: account().email,
      audience: [`${exchange.origin}/token`, 'https://oauth2.googleapis.com/token'],
    });
    if (!String(payload.scope).includes('cloud-platform')) throw new Error('scope');
  } catch {
    sendJson(exchange, 400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
    return;
  }
  const access_token = `ya29.${randomBytes(24).toString('base64url')}`;
  tokens.set(access_token, world.clock.now() + TOKEN_SECONDS * 1000);
  sendJson(exchange, 200, { access_token, expires_in: TOKEN_SECONDS - 1, token_type: 'Bearer' });
}

async function submit(
  exchange: Exchange,
  { world, tasks }: Cloud,
  model: string,
  body: Record<string, unknown>,
  prefix: string,
): Promise<void> {
  const work = veoWork(body, model);
  if (typeof work === 'string') {
    refuse(exchange, 400, work);
    return;
  }
  const fault = world.faults.take({ path: exchange.path, model, prompt: work.prompt });
  if (await misbehavesAtOnce(exchange, fault, failure)) return;
  const { id } = tasks.start({ id: `${prefix}/${randomUUID()}`, model, request: work, fault }, 4);
  if (fault.lost) loseAnswer(exchange);
  else sendJson(exchange, 200, { name: id });
}

/** How many videos passed the filter. */
const madeOf = ({ request, fault }: Task<VeoWork>) =>
  fault.refuse ? 0 : fault.moderated ? request.samples - 1 : request.samples;

function count(task: Task<VeoWork>, world: World): void {
  const { request, fault } = task;
  const made = fault.fail ? 0 : madeOf(task);
  world.tally.add(
    {
      id: task.id,
      model: task.model,
      units: { second: request.seconds * made },
      accepted: true,
      charged: made > 0,
      mark: fault.mark,
    },
    world.clock.now(),
  );
}

/** The films themselves, or where they lie when the caller named a bucket. */
async function videosOf({ id, model, request }: Task<VeoWork>, made: number): Promise<object[]> {
  const mimeType = 'video/mp4';
  const { prompt, width, height, seconds, hasSound, folder } = request;
  if (folder !== undefined) {
    const place = `${folder}${folder.endsWith('/') ? '' : '/'}${id.split('/').at(-1)}`;
    return Array.from({ length: made }, (_, at) => ({ gcsUri: `${place}/sample_${at}.mp4`, mimeType }));
  }
  const bytes = await film({ prompt, width, height, seconds, caption: model, hasSound });
  const bytesBase64Encoded = bytes.toString('base64');
  return Array.from({ length: made }, () => ({ bytesBase64Encoded, mimeType }));
}

async function fetchOperation(exchange: Exchange, { world, tasks }: Cloud, name: string): Promise<void> {
  if (await misbehavesAtOnce(exchange, world.faults.takeByPath(exchange.path), failure)) return;
  const task = tasks.find(name);
  if (task === undefined) refuse(exchange, 404, `Operation ${name} was not found.`);
  else if (tasks.isActive(task)) sendJson(exchange, 200, { name });
  else if (task.fault.fail)
    sendJson(exchange, 200, {
      name,
      done: true,
      error: { code: 13, message: 'Internal error. Please try again later.' },
    });
  else {
    const made = madeOf(task);
    const videos = made > 0 ? await videosOf(task, made) : [];
    const filtered = task.request.samples - made;
    const response = {
      '@type': 'type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse',
      raiMediaFilteredCount: filtered,
      ...(filtered > 0 && {
        raiMediaFilteredReasons: [
          'Veo could not generate videos because of our safety filters. Support codes: 15236754',
        ],
      }),
      ...(made > 0 && { videos }),
    };
    sendJson(exchange, 200, { name, done: true, response });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startGoogleCloud);
