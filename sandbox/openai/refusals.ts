import { type Exchange, sendJson } from '../kit/exchange.ts';

/** A refusal in OpenAI's words. */
export interface Refusal {
  status: number;
  message: string;
  type: string;
  param: string | null;
  code: string | null;
  moderation_details?: { moderation_stage: 'input' | 'output'; categories: string[] };
}

export function badRequest(message: string, param: string | null, code: string | null = null): Refusal {
  return { status: 400, message, type: 'invalid_request_error', param, code };
}

export function wrongType(param: string, expected: string, got: unknown): Refusal {
  const actual = got === null ? 'null' : Array.isArray(got) ? 'an array' : typeof got;
  return badRequest(
    `Invalid type for '${param}': expected ${expected}, but got ${actual} instead.`,
    param,
    'invalid_type',
  );
}

export function notOneOf(param: string, allowed: readonly string[], got: unknown): Refusal {
  const list = allowed.map((word) => `'${word}'`).join(', ');
  return badRequest(`Invalid value: '${got}'. Supported values are: ${list}.`, param, 'invalid_value');
}

export function unknownModel(model: string): Refusal {
  return {
    status: 404,
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_found',
  };
}

export function moderationBlocked(stage: 'input' | 'output'): Refusal {
  return {
    status: 400,
    message: 'Your request was rejected by the safety system. safety_violations=[violence].',
    type: 'image_generation_user_error',
    param: null,
    code: 'moderation_blocked',
    moderation_details: { moderation_stage: stage, categories: ['violence'] },
  };
}

/** The body that OpenAI sends with a status that says nothing about the request. */
export function failureBody(status: number): unknown {
  const failures: Record<number, { message: string; type: string; code: string | null }> = {
    429: {
      message: 'Rate limit reached for requests. Please try again in 1s.',
      type: 'requests',
      code: 'rate_limit_exceeded',
    },
    500: {
      message: 'The server had an error while processing your request. Sorry about that!',
      type: 'server_error',
      code: null,
    },
    503: {
      message: 'The server is currently overloaded with other requests. Please retry later.',
      type: 'service_unavailable_error',
      code: 'server_is_overloaded',
    },
  };
  const failure = failures[status] ?? { message: `HTTP ${status}`, type: 'server_error', code: null };
  return { error: { ...failure, param: null } };
}

export function refuse(exchange: Exchange, { status, ...error }: Refusal): void {
  sendJson(exchange, status, { error }, standardHeaders());
}

/** Keys begin with `sk-`. `sk-invalid…` is unknown, `sk-broke…` belongs to an account without money. */
export function keyRefusal(exchange: Exchange): Refusal | null {
  const header = exchange.headers.authorization;
  if (header === undefined || !header.startsWith('Bearer ') || header.length === 7) {
    return {
      status: 401,
      message:
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
      type: 'invalid_request_error',
      param: null,
      code: null,
    };
  }
  if (!header.startsWith('Bearer sk-') || header.startsWith('Bearer sk-invalid')) {
    return {
      status: 401,
      message: 'Incorrect API key provided.',
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_api_key',
    };
  }
  if (header.startsWith('Bearer sk-broke')) {
    return {
      status: 429,
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      param: null,
      code: 'credit_balance_exhausted',
    };
  }
  return null;
}

let requests = 0;

/** Headers that every answer carries. */
export function standardHeaders(): Record<string, string> {
  requests += 1;
  return {
    'x-request-id': `req_${requests.toString(36).padStart(24, '0')}`,
    'openai-version': '2020-10-01',
    'openai-organization': 'sandbox',
    'openai-processing-ms': '5',
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-reset-requests': '6ms',
    'x-ratelimit-limit-tokens': '30000000',
    'x-ratelimit-remaining-tokens': '29999000',
    'x-ratelimit-reset-tokens': '2ms',
  };
}
