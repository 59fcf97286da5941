import { randomUUID } from 'node:crypto';
import { type Exchange, sendJson } from '../kit/exchange.ts';

export interface Refused {
  status: number;
  code: string;
  message: string;
}

export const badParameter = (message: string): Refused => ({
  status: 400,
  code: 'InvalidParameter',
  message,
});

const isCompatible = ({ path }: Exchange) => path.startsWith('/compatible-mode/');

/** In the shape of the native API, or of the compatible mode, by the path. */
export function refuse(exchange: Exchange, { status, code, message }: Refused): void {
  const request_id = randomUUID();
  if (!isCompatible(exchange)) {
    sendJson(exchange, status, { code, message, request_id });
    return;
  }
  // The same names, written in another way.
  const word =
    {
      InvalidParameter: 'invalid_parameter_error',
      InvalidApiKey: 'invalid_api_key',
      DataInspectionFailed: 'data_inspection_failed',
      ModelNotFound: 'model_not_found',
    }[code] ?? code;
  sendJson(exchange, status, {
    error: { message, type: 'invalid_request_error', param: null, code: word },
    request_id,
  });
}

export function failureOf(status: number): { code: string; message: string } {
  if (status === 429)
    return { code: 'Throttling.RateQuota', message: 'Requests rate limit exceeded, please try again later.' };
  return {
    code: status === 503 ? 'ModelServingError' : 'InternalError',
    message: 'An internal error has occurred, please try again later.',
  };
}

export function nativeFailure(status: number): unknown {
  return { ...failureOf(status), request_id: randomUUID() };
}

export function compatibleFailure(status: number): unknown {
  const { code, message } = failureOf(status);
  return {
    error: { message, type: code, param: null, code: status === 429 ? 'limit_requests' : code },
    request_id: randomUUID(),
  };
}

/** Keys begin with `sk-`. Answers itself when the key is not good. */
export function isAdmitted(exchange: Exchange): boolean {
  const header = exchange.headers.authorization;
  const key = header?.startsWith('Bearer ') ? header.slice(7) : '';
  if (key.startsWith('sk-broke')) {
    refuse(exchange, {
      status: 400,
      code: 'Arrearage',
      message: 'Access denied, please make sure your account is in good standing.',
    });
    return false;
  }
  if (key.startsWith('sk-') && !key.startsWith('sk-invalid') && !key.startsWith('sk-sp-')) return true;
  refuse(exchange, { status: 401, code: 'InvalidApiKey', message: 'Incorrect API key provided.' });
  return false;
}
