import { objectIn } from '../kit/body.ts';
import { answerChat } from '../kit/chat-wire.ts';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { PromptCache } from '../kit/prompt-cache.ts';
import { createResponse, type StoredResponses } from '../openai/responses.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { type HostBody, type HostRefusal, type Profile, profiles } from './hosts.ts';
import { openrouter } from './openrouter.ts';
import { xaiResponses } from './xai.ts';

export interface CommercialHostOptions extends SimulatorOptions {
  /** Pause between the chunks of a stream; 10 ms when not given. */
  paceMs?: number;
}

/** A commercial host that speaks chat completions in its own dialect: `deepseek`, `mistral`, `groq`, `together`, `xai`, `openrouter`. */
export function startCommercialHost(id: string, options: CommercialHostOptions = {}): Promise<Simulator> {
  const profile = [...profiles, openrouter].find((known) => known.id === id);
  if (profile === undefined) throw new Error(`no host ${id}`);
  const cache = new PromptCache();
  const stored: StoredResponses = new Map();
  let paceMs = options.paceMs ?? 10;
  return startSimulator(
    {
      id,
      malformed: (exchange, why) => refuse(exchange, profile.error(400, why)),
      handle: (exchange, world) => route(exchange, world, profile, { paceMs, cache, stored }),
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

function refuse(exchange: Exchange, { status, body }: HostRefusal): void {
  sendJson(exchange, status, body);
}

async function route(
  exchange: Exchange,
  world: World,
  profile: Profile,
  settings: { paceMs: number; cache: PromptCache; stored: StoredResponses },
): Promise<void> {
  const { method, path, headers } = exchange;
  const base = profile.paths.find(
    (known) =>
      path === `${known}/chat/completions` ||
      path === `${known}/models` ||
      (profile.id === 'xai' && path === `${known}/responses`),
  );
  if (base === undefined) {
    refuse(exchange, profile.error(404, `${method} ${path} not found`));
    return;
  }
  const key = headers.authorization?.startsWith('Bearer ') ? headers.authorization.slice(7) : '';
  if (key.includes('broke')) refuse(exchange, profile.broke);
  else if (key.length < 6 || !key.startsWith(profile.keyPrefix) || key.includes('invalid'))
    refuse(exchange, profile.unauthorized);
  else if (method === 'GET') {
    const data: object[] =
      profile.listed?.() ??
      Object.keys(profile.models).map((id) => ({
        id,
        object: 'model',
        created: 1_790_000_000,
        owned_by: profile.id,
      }));
    sendJson(exchange, 200, profile.id === 'together' ? data : { object: 'list', data });
  } else if (path.endsWith('/responses'))
    await createResponse(exchange, world, settings, settings.stored, xaiResponses(profile));
  else await chat(exchange, world, profile, settings);
}

async function chat(
  exchange: Exchange,
  world: World,
  profile: Profile,
  settings: { paceMs: number; cache: PromptCache },
): Promise<void> {
  let body: HostBody;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, profile.error(400, 'The request body is not valid JSON'));
    return;
  }
  const model = profile.models[body.model];
  if (model === undefined) {
    refuse(
      exchange,
      profile.error(
        404,
        `The model \`${body.model}\` does not exist or you do not have access to it.`,
        'model',
      ),
    );
    return;
  }
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    refuse(exchange, profile.error(400, "'messages' : minimum number of items is 1", 'messages'));
    return;
  }
  const refusal = profile.refusal(body);
  if (refusal !== null) {
    refuse(exchange, refusal);
    return;
  }
  // Mistral's word for a tool that must be called.
  if (body.tool_choice === 'any') body.tool_choice = 'required';
  await answerChat(exchange, world, body, {
    thinkingTokens: profile.thinkingTokens(body, model),
    maxOutputTokens: model.maxOutputTokens,
    thoughtField: profile.thoughtField,
    paceMs: settings.paceMs,
    cache: settings.cache,
    wire: { ...profile.wire, details: profile.details?.(body.model) },
    failureBody: (status) =>
      profile.error(
        status,
        status === 429
          ? 'Rate limit reached, please try again in 1s'
          : 'The server is overloaded or not ready yet.',
      ).body,
    usageDetails: (prompt, answer) => profile.usageDetails(prompt, answer, body.model),
    ...(profile.refuseContent && { refuseContent: () => profile.refuseContent!(body.model) }),
    ...(profile.bookedAs && {
      bookedAs: (prompt: number, answer: { output: number; cached: number }) =>
        profile.bookedAs!(prompt, answer, body.model),
    }),
  });
}
