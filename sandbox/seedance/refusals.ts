import { randomBytes } from 'node:crypto';
import { type Exchange, sendJson } from '../kit/exchange.ts';

export interface Refused {
  status: number;
  code: string;
  message: string;
  param?: string;
}

export const badParameter = (param: string, message: string): Refused => ({
  status: 400,
  code: 'InvalidParameter',
  message,
  param,
});
export const missing = (param: string): Refused => ({
  status: 400,
  code: 'MissingParameter',
  message: `The request failed because it is missing \`${param}\` parameter`,
  param,
});

const types: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  429: 'TooManyRequests',
  500: 'InternalServerError',
};

function bodyOf({ status, code, message, param = '' }: Refused): unknown {
  // The request's id stands at the end of the message, and nowhere else.
  return {
    error: {
      code,
      message: `${message}. Request id: 02${randomBytes(16).toString('hex')}`,
      param,
      type: types[status] ?? 'Error',
    },
  };
}

export function refuse(exchange: Exchange, refused: Refused): void {
  sendJson(exchange, refused.status, bodyOf(refused));
}

export function failureBody(status: number): unknown {
  if (status === 429)
    return bodyOf({
      status,
      code: 'RateLimitExceeded.EndpointRPMExceeded',
      message: 'The Requests Per Minute (RPM) limit of the endpoint has been exceeded',
    });
  return bodyOf({
    status,
    code: status === 503 ? 'ServerOverloaded' : 'InternalServiceError',
    message: 'The service encountered an unexpected internal error',
  });
}

/** Any Bearer key of eight letters or more. */
export function isAdmitted(exchange: Exchange): boolean {
  const header = exchange.headers.authorization;
  const key = header?.startsWith('Bearer ') ? header.slice(7) : '';
  if (key.length < 8 || key.startsWith('invalid')) {
    refuse(exchange, {
      status: 401,
      code: 'AuthenticationError',
      message: 'The API key in the request is missing or invalid',
    });
    return false;
  }
  if (!key.startsWith('broke')) return true;
  refuse(exchange, {
    status: 403,
    code: 'AccountOverdueError',
    message: 'The request failed because your account has an overdue balance',
  });
  return false;
}
