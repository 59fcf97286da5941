import { pathToFileURL } from 'node:url';
import { objectIn } from '../kit/body.ts';
import { type ChatBody, countPrompt } from '../kit/chat-reply.ts';
import { answerChat } from '../kit/chat-wire.ts';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { runAlone, type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { type Flavour, flavours } from './flavours.ts';

export interface OpenAiCompatibleOptions extends SimulatorOptions {
  /** Pause between the chunks of a stream; 10 ms when not given. */
  paceMs?: number;
  /** Which host it behaves like; Ollama when not given. */
  flavour?: Flavour['name'];
  /** The key it was started with, where it takes one. Without, nobody is asked. */
  key?: string;
}

interface Host {
  flavour: Flavour;
  key: string | undefined;
  paceMs: number;
}

/** Models that a person has pulled, with the tokens that their context holds. */
const models: Readonly<Record<string, { context: number; thinks: boolean }>> = {
  'llama4:8b': { context: 16_384, thinks: false },
  'qwen3.5:4b': { context: 16_384, thinks: true },
  'gemma4:2b': { context: 4096, thinks: false },
};

/** A host on a person's own machine, such as Ollama: chat and models under `/v1`, nothing to pay. */
export function startOpenAiCompatible(options: OpenAiCompatibleOptions = {}): Promise<Simulator> {
  const flavour = flavours.find(({ name }) => name === (options.flavour ?? 'ollama'))!;
  const host: Host = {
    flavour,
    key: flavour.takesKey ? options.key : undefined,
    paceMs: options.paceMs ?? 10,
  };
  return startSimulator(
    {
      id: 'openai-compatible',
      malformed: (exchange, why) => refuse(exchange, host, 400, why),
      handle: (exchange, world) => route(exchange, world, host),
      control: {
        'POST /_control/pace': (body) => {
          host.paceMs = Number((body as { paceMs: number }).paceMs);
          return { paceMs: host.paceMs };
        },
      },
    },
    options,
  );
}

async function route(exchange: Exchange, world: World, host: Host): Promise<void> {
  const { method, path, headers } = exchange;
  if (method === 'GET' && path === '/') {
    exchange.response.end(host.flavour.greeting);
    return;
  }
  if (host.key !== undefined && headers.authorization !== `Bearer ${host.key}`) {
    refuse(exchange, host, 401, 'Invalid API Key');
    return;
  }
  if (method === 'GET' && path === '/v1/models') {
    const data = Object.keys(models).map((id) => ({
      id,
      object: 'model',
      created: 1_790_000_000,
      owned_by: host.flavour.owner,
    }));
    sendJson(exchange, 200, { object: 'list', data });
    return;
  }
  if (method !== 'POST' || path !== '/v1/chat/completions') {
    exchange.response.writeHead(404, { 'content-type': 'text/plain' });
    exchange.response.end('404 page not found');
    return;
  }
  const body = read(exchange, host);
  if (body !== null) await chat(exchange, world, body, host);
}

type Body = ChatBody & { reasoning_effort?: string };

async function chat(exchange: Exchange, world: World, body: Body, host: Host): Promise<void> {
  const { flavour, paceMs } = host;
  const model = models[body.model]!;
  const prompt = countPrompt(body);
  const limit = body.max_tokens ?? body.max_completion_tokens ?? 0;
  if (flavour.refusesLongPrompts && prompt + limit > model.context) {
    refuse(
      exchange,
      host,
      400,
      `This model's maximum context length is ${model.context} tokens. However, you requested ${prompt + limit} tokens.`,
    );
    return;
  }
  // Elsewhere a prompt that is too long is cut without a word.
  const thinkingTokens = model.thinks && body.reasoning_effort !== 'none' ? 40 : 0;
  const given = flavour.forcesTools ? body : { ...body, tool_choice: softened(body.tool_choice) };
  await answerChat(exchange, world, given, {
    thinkingTokens,
    maxOutputTokens: Math.max(1, model.context - Math.min(model.context - 1, prompt)),
    thoughtField: flavour.thoughtField,
    paceMs,
    wire: { extras: flavour.extras },
    failureBody: (status) =>
      flavour.error(
        status,
        status === 503
          ? 'server busy, please try again. maximum pending requests exceeded'
          : 'internal error',
      ),
    usageDetails: () => ({}),
  });
}

/** Hosts that know only `auto` pass over any other choice but `none`. */
const softened = (choice: unknown): unknown => (choice === 'none' ? 'none' : 'auto');

function read(exchange: Exchange, host: Host): Body | null {
  let body: Body;
  try {
    body = objectIn(exchange.body);
  } catch (error) {
    refuse(exchange, host, 400, String(error));
    return null;
  }
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) {
    refuse(exchange, host, 400, '[] is too short - "messages"');
    return null;
  }
  const strange = messages.find(
    ({ content }) =>
      content !== undefined && content !== null && typeof content !== 'string' && !Array.isArray(content),
  );
  if (strange !== undefined) refuse(exchange, host, 400, 'invalid message content type');
  else if (models[body.model] === undefined) {
    // The studio's own app loads on demand, and says that nothing is loaded by this name.
    if (host.flavour.name === 'lm-studio') refuse(exchange, host, 400, `Model '${body.model}' is not loaded`);
    else refuse(exchange, host, 404, `model '${body.model}' not found`);
  } else return body;
  return null;
}

function refuse(exchange: Exchange, host: Host, status: number, message: string): void {
  sendJson(exchange, status, host.flavour.error(status, message));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startOpenAiCompatible);
