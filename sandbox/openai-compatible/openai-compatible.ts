import { pathToFileURL } from 'node:url';
import { objectIn } from '../kit/body.ts';
import { type ChatBody, countPrompt } from '../kit/chat-reply.ts';
import { answerChat } from '../kit/chat-wire.ts';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { runAlone, type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';

export interface OpenAiCompatibleOptions extends SimulatorOptions {
  /** Pause between the chunks of a stream; 10 ms when not given. */
  paceMs?: number;
}

/** Models that a person has pulled, with the tokens that their context holds. */
const models: Readonly<Record<string, { context: number; thinks: boolean }>> = {
  'llama4:8b': { context: 8192, thinks: false },
  'qwen3.5:4b': { context: 8192, thinks: true },
  'gemma4:2b': { context: 4096, thinks: false },
};

/** A host such as Ollama on a person's own machine: chat and models under `/v1`, no key, nothing to pay. */
export function startOpenAiCompatible(options: OpenAiCompatibleOptions = {}): Promise<Simulator> {
  let paceMs = options.paceMs ?? 10;
  return startSimulator(
    {
      id: 'openai-compatible',
      malformed: (exchange, why) => refuse(exchange, 400, why, 'invalid_request_error'),
      handle: (exchange, world) => route(exchange, world, paceMs),
      control: {
        'POST /_control/pace': (body) => {
          paceMs = Number((body as { paceMs: number }).paceMs);
          return { paceMs };
        },
      },
    },
    options,
  );
}

async function route(exchange: Exchange, world: World, paceMs: number): Promise<void> {
  const { method, path } = exchange;
  if (method === 'GET' && path === '/') {
    exchange.response.end('Ollama is running');
    return;
  }
  if (method === 'GET' && path === '/v1/models') {
    const data = Object.keys(models).map((id) => ({
      id,
      object: 'model',
      created: 1_790_000_000,
      owned_by: 'library',
    }));
    sendJson(exchange, 200, { object: 'list', data });
    return;
  }
  if (method !== 'POST' || path !== '/v1/chat/completions') {
    exchange.response.writeHead(404, { 'content-type': 'text/plain' });
    exchange.response.end('404 page not found');
    return;
  }
  const body = read(exchange);
  if (body === null) return;
  const model = models[body.model];
  if (model === undefined) {
    refuse(exchange, 404, `model '${body.model}' not found`, 'not_found_error');
    return;
  }
  // A prompt that is too long is cut without a word.
  const thinkingTokens = model.thinks && body.reasoning_effort !== 'none' ? 40 : 0;
  await answerChat(exchange, world, body, {
    thinkingTokens,
    maxOutputTokens: Math.max(1, model.context - Math.min(model.context - 1, countPrompt(body))),
    thoughtField: 'reasoning',
    paceMs,
    failureBody: (status) =>
      errorBody(
        status === 503
          ? 'server busy, please try again. maximum pending requests exceeded'
          : 'internal error',
        'api_error',
      ),
    usageDetails: () => ({}),
  });
}

function read(exchange: Exchange): (ChatBody & { reasoning_effort?: string }) | null {
  let body: ChatBody;
  try {
    body = objectIn(exchange.body);
  } catch (error) {
    refuse(exchange, 400, String(error), 'invalid_request_error');
    return null;
  }
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) {
    refuse(exchange, 400, '[] is too short - "messages"', 'invalid_request_error');
    return null;
  }
  const strange = messages.find(
    ({ content }) =>
      content !== undefined && content !== null && typeof content !== 'string' && !Array.isArray(content),
  );
  if (strange === undefined) return body;
  refuse(exchange, 400, 'invalid message content type', 'invalid_request_error');
  return null;
}

const errorBody = (message: string, type: string) => ({ error: { message, type, param: null, code: null } });

function refuse(exchange: Exchange, status: number, message: string, type: string): void {
  sendJson(exchange, status, errorBody(message, type));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startOpenAiCompatible);
