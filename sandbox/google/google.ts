import { pathToFileURL } from 'node:url';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { PromptCache } from '../kit/prompt-cache.ts';
import { newWorld, runAlone, type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { type CachedContent, serveCaches } from './caches.ts';
import { countPrompt } from './content-request.ts';
import { embed } from './embeddings.ts';
import { type GoogleFile, listFiles, serveFile, upload } from './files.ts';
import { generate, readRequest, sum } from './generate.ts';
import { createInteraction, newOmniTasks, type OmniTasks, readInteraction } from './interactions.ts';
import { describe, geminiModels, omniModels } from './models.ts';
import { isAdmitted, refuse } from './refusals.ts';

export interface GoogleOptions extends SimulatorOptions {
  /** Pause between the chunks of a stream; 10 ms when not given. */
  paceMs?: number;
}

interface Gemini {
  world: World;
  files: Map<string, GoogleFile>;
  tasks: OmniTasks;
  cache: PromptCache;
  caches: Map<string, CachedContent>;
  paceMs: number;
}

/** The Gemini API under `/v1` and `/v1beta`: text, images, speech, and Omni video. Any key that begins with `AIza` is good. */
export function startGoogle(options: GoogleOptions = {}): Promise<Simulator> {
  const world = newWorld();
  const gemini: Gemini = {
    world,
    files: new Map(),
    tasks: newOmniTasks(world),
    cache: new PromptCache(),
    caches: new Map(),
    paceMs: options.paceMs ?? 10,
  };
  return startSimulator(
    {
      id: 'google',
      malformed: (exchange, why) => refuse(exchange, 400, why),
      handle: (exchange) => route(exchange, gemini),
      control: {
        'POST /_control/pace': (body) => {
          gemini.paceMs = Number((body as { paceMs: number }).paceMs);
          return { paceMs: gemini.paceMs };
        },
      },
    },
    options,
    world,
  );
}

async function route(exchange: Exchange, gemini: Gemini): Promise<void> {
  const { method, path } = exchange;
  const { world, files, tasks } = gemini;
  if (!isAdmitted(exchange)) return;
  if (method === 'POST' && /^\/upload\/v1(beta)?\/files$/.test(path)) {
    upload(exchange, world, files);
    return;
  }
  const [, rest = ''] = /^\/v1(?:beta)?\/(.+)$/.exec(path) ?? [];
  const [collection, id = '', action = ''] = rest.split('/');
  if (collection === 'interactions') {
    if (method === 'POST' && id === '') await createInteraction(exchange, world, tasks);
    else await readInteraction(exchange, world, tasks, id, action === 'cancel');
  } else if (collection === 'cachedContents') serveCaches(exchange, world, gemini.caches, id);
  else if (collection === 'files' && id === '') listFiles(exchange, world, files);
  else if (collection === 'files') await serveFile(exchange, world, files, tasks, id);
  else if (collection === 'models') await serveModel(exchange, gemini, id);
  else refuse(exchange, 404, 'Requested entity was not found.');
}

async function serveModel(
  exchange: Exchange,
  { world, paceMs, cache, caches }: Gemini,
  name: string,
): Promise<void> {
  if (exchange.method === 'GET') {
    const ids = [...Object.keys(geminiModels), ...Object.keys(omniModels)];
    if (name === '') sendJson(exchange, 200, { models: ids.map(describe) });
    else if (ids.includes(name)) sendJson(exchange, 200, describe(name));
    else refuse(exchange, 404, `models/${name} is not found.`);
    return;
  }
  const [model = '', verb] = name.split(':');
  if (verb === 'generateContent' || verb === 'streamGenerateContent') {
    await generate(exchange, world, model, verb === 'streamGenerateContent', { paceMs, cache, caches });
  } else if (verb === 'countTokens' && geminiModels[model] !== undefined) {
    const request = readRequest(exchange, model);
    if (request === null) return;
    const counts = countPrompt(request);
    sendJson(exchange, 200, {
      totalTokens: sum(counts),
      promptTokensDetails: [...counts].map(([modality, tokenCount]) => ({ modality, tokenCount })),
    });
  } else if (verb === 'embedContent' || verb === 'batchEmbedContents') embed(exchange, world, model, verb);
  else refuse(exchange, 404, `models/${model} is not found, or is not supported for ${verb}.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startGoogle);
