import { type Exchange, sendJson } from '../kit/exchange.ts';

/** A refusal with a word that says which. */
export interface Refused {
  status: number;
  word: string;
  message: string;
  data?: unknown;
}

export const refused = (status: number, word: string, message: string, data?: unknown): Refused => ({
  status,
  word,
  message,
  data,
});

export function refuse(exchange: Exchange, { status, word, message, data }: Refused): void {
  sendJson(exchange, status, { detail: { status: word, message, ...(data !== undefined && { data }) } });
}

export interface Invalid {
  loc: (string | number)[];
  msg: string;
  type: string;
}

export const invalid = (field: string, msg: string, type: string): Invalid => ({
  loc: ['body', field],
  msg,
  type,
});

export function failureBody(status: number): unknown {
  const word = { 429: 'system_busy', 503: 'service_unavailable' }[status] ?? 'internal_server_error';
  return {
    detail: {
      status: word,
      message: 'We are sorry, the system is experiencing heavy traffic, please try again.',
    },
  };
}

/** Keys begin with `sk_`. Answers itself when the key is not good. */
export function isAdmitted(exchange: Exchange): boolean {
  const key = String(exchange.headers['xi-api-key'] ?? '');
  if (key === '')
    refuse(
      exchange,
      refused(
        401,
        'needs_authorization',
        'Neither authorization header nor xi-api-key received, please provide one.',
      ),
    );
  else if (key.startsWith('sk_broke')) {
    // The account is empty, and the status says that the key is bad.
    refuse(
      exchange,
      refused(401, 'quota_exceeded', 'This request exceeds your quota. You have 0 credits remaining.'),
    );
  } else if (!key.startsWith('sk_') || key.startsWith('sk_invalid'))
    refuse(exchange, refused(401, 'invalid_api_key', 'Invalid API key'));
  else return true;
  return false;
}
