import { pathToFileURL } from 'node:url';
import type { Exchange, World } from '../kit/exchange.ts';
import { sendJson } from '../kit/exchange.ts';
import { PromptCache } from '../kit/prompt-cache.ts';
import { runAlone, type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { speak } from './audio.ts';
import { type ChatSettings, completeChat } from './chat.ts';
import { embed } from './embeddings.ts';
import { type StoredFiles, serveFiles } from './files.ts';
import { editImages, generateImages } from './images.ts';
import { listModels } from './models.ts';
import { badRequest, keyRefusal, refuse, standardHeaders, unknownModel } from './refusals.ts';
import { createResponse, type StoredResponses, serveResponse } from './responses.ts';
import { transcribe } from './transcription.ts';

export interface OpenAiOptions extends SimulatorOptions {
  /** Pause between the chunks of a stream; 10 ms when not given. */
  paceMs?: number;
  /** Answers every chat with the same bytes, without looking at the request. */
  bench?: boolean;
}

/** OpenAI's API under `/v1`. Any key that begins with `sk-` is good. */
export function startOpenAi(options: OpenAiOptions = {}): Promise<Simulator> {
  const settings: ChatSettings = {
    paceMs: options.paceMs ?? 10,
    isFixed: options.bench ?? false,
    cache: new PromptCache(),
  };
  const stored: Stored = { responses: new Map(), files: new Map() };
  return startSimulator(
    {
      id: 'openai',
      malformed: (exchange, why) => refuse(exchange, badRequest(why, null, 'invalid_type')),
      handle: (exchange, world) => route(exchange, world, settings, stored),
      control: {
        'POST /_control/pace': (body) => {
          const { paceMs, bench } = body as { paceMs?: number; bench?: boolean };
          settings.paceMs = paceMs ?? settings.paceMs;
          settings.isFixed = bench ?? settings.isFixed;
          return { paceMs: settings.paceMs, bench: settings.isFixed };
        },
      },
    },
    options,
  );
}

interface Stored {
  responses: StoredResponses;
  files: StoredFiles;
}

function route(
  exchange: Exchange,
  world: World,
  settings: ChatSettings,
  stored: Stored,
): void | Promise<void> {
  const refusal = keyRefusal(exchange);
  if (refusal !== null) {
    refuse(exchange, refusal);
    return;
  }
  const { method, path } = exchange;
  if (method === 'POST' && path === '/v1/chat/completions') return completeChat(exchange, world, settings);
  if (method === 'POST' && path === '/v1/responses')
    return createResponse(exchange, world, settings, stored.responses);
  if (path.startsWith('/v1/responses/')) {
    serveResponse(exchange, stored.responses, path.slice('/v1/responses/'.length));
    return;
  }
  if (method === 'POST' && path === '/v1/images/generations') return generateImages(exchange, world);
  if (method === 'POST' && path === '/v1/images/edits') return editImages(exchange, world);
  if (method === 'POST' && path === '/v1/audio/speech') return speak(exchange, world);
  if (method === 'POST' && path === '/v1/audio/transcriptions') return transcribe(exchange, world);
  if (method === 'POST' && path === '/v1/embeddings') return embed(exchange, world);
  if (/^\/v1\/files(\/|$)/.test(path)) return serveFiles(exchange, world, stored.files);
  if (method === 'GET' && path === '/v1/models') {
    sendJson(exchange, 200, listModels(), standardHeaders());
    return;
  }
  if (method === 'GET' && path.startsWith('/v1/models/')) {
    oneModel(exchange, decodeURIComponent(path.slice('/v1/models/'.length)));
    return;
  }
  refuse(exchange, {
    status: 404,
    message: `Invalid URL (${method} ${path})`,
    type: 'invalid_request_error',
    param: null,
    code: null,
  });
}

function oneModel(exchange: Exchange, id: string): void {
  const { data } = listModels() as { data: { id: string }[] };
  const found = data.find((model) => model.id === id);
  if (found === undefined) refuse(exchange, unknownModel(id));
  else sendJson(exchange, 200, found, standardHeaders());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await runAlone((options) => startOpenAi({ ...options, bench: process.argv.includes('--bench') }));
}
