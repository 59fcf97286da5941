import { z } from 'zod';
import { chatAdapter } from '../chat-completions/chat-completions.ts';
import { chatUnits } from '../chat-completions/usage.ts';
import type { Provider, Units } from '../provider.ts';
import { host } from './hosts.ts';

type Body = Record<string, unknown>;

/**
 * Only hosts that neither keep nor train on what they are sent may serve a call, and none may take another's place
 * unseen. Where the answer must fit a form, so must the host.
 */
function forOpenRouter(body: Body): Body {
  const needsAll = body.response_format !== undefined || body.tools !== undefined;
  const provider = {
    data_collection: 'deny',
    zdr: true,
    allow_fallbacks: false,
    ...(needsAll ? { require_parameters: true } : {}),
  };
  return { ...body, provider };
}

const Cost = z.object({ cost: z.number().nonnegative() });

/** What was charged, in millionths of a dollar: the one number that holds whoever served the call. Without it, the tokens. */
function chargedOf(usage: unknown): Units {
  const { success, data } = Cost.safeParse(usage);
  if (!success) return chatUnits(usage);
  // A float of dollars: what lies beyond its last exact digits is no part of a millionth.
  const millionths = BigInt(Math.ceil(Number((data.cost * 1e6).toFixed(3))));
  return millionths === 0n ? {} : { charged_microdollar: millionths };
}

export const openrouter: Provider = host({
  id: 'openrouter',
  prefix: 'OPENROUTER',
  keyPrefix: 'sk-or-v1-',
  baseUrl: 'https://openrouter.ai/api/v1',
  text: chatAdapter({
    adapt: forOpenRouter,
    endUserField: 'user',
    cacheMark: 'cache_control',
    reasoningBack: () => 'details',
    usageOf: chargedOf,
  }),
  terms: {
    name: 'OpenRouter',
    company: 'OpenRouter, Inc.',
    termsUrl: 'https://openrouter.ai/terms',
    privacyUrl: 'https://openrouter.ai/privacy',
    regions: ['US'],
    retention:
      'Calls are sent only to hosts that keep nothing; OpenRouter keeps counts, not content, unless its account says so.',
    training: 'Calls are sent only to hosts that do not train on them.',
  },
});
