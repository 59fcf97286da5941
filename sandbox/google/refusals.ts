import { type Exchange, sendJson } from '../kit/exchange.ts';

const statuses: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

export function errorBody(code: number, message: string, details?: unknown[]): Record<string, unknown> {
  return {
    error: { code, message, status: statuses[code] ?? 'UNKNOWN', ...(details !== undefined && { details }) },
  };
}

export function failureBody(code: number): Record<string, unknown> {
  if (code === 429) {
    return errorBody(429, 'You exceeded your current quota. Please retry in 1s.', [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [
          {
            quotaMetric: 'generate_requests',
            quotaId: 'GenerateRequestsPerMinutePerProjectPerModel',
            quotaValue: '5',
          },
        ],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1s' },
    ]);
  }
  return errorBody(
    code,
    code === 503 ? 'The model is overloaded. Please try again later.' : 'An internal error has occurred.',
  );
}

export function refuse(exchange: Exchange, code: number, message: string, details?: unknown[]): void {
  sendJson(exchange, code, errorBody(code, message, details));
}

/** Keys begin with `AIza`, in the header or the query. Answers itself when the key is not good. */
export function isAdmitted(exchange: Exchange): boolean {
  const key = String(exchange.headers['x-goog-api-key'] ?? exchange.query.get('key') ?? '');
  if (key === '') {
    refuse(
      exchange,
      403,
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    );
    return false;
  }
  if (key.startsWith('AIza-broke')) {
    refuse(exchange, 402, 'Your prepaid credit has been used up.');
    return false;
  }
  if (key.startsWith('AIza') && !key.startsWith('AIza-invalid')) return true;
  refuse(exchange, 400, 'API key not valid. Please pass a valid API key.', [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
    },
  ]);
  return false;
}
