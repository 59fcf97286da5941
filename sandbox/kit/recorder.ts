/** What a client sent and was answered, for tests that hold traffic against a description. */
export interface Recorded {
  method: string;
  /** Without the origin and the query. */
  path: string;
  headers: Headers;
  /** JSON of the request; null where it was something else. */
  sent: unknown;
  status: number;
  contentType: string;
  answered: string;
}

/** A `fetch` that remembers. `settle` waits until every answer was read to its end. */
export function recorder(): { fetch: typeof fetch; recorded: Recorded[]; settle(): Promise<void> } {
  const real = globalThis.fetch;
  const recorded: Recorded[] = [];
  const reading: Promise<void>[] = [];
  return {
    recorded,
    async settle() {
      await Promise.allSettled(reading);
    },
    async fetch(input, init) {
      const request = new Request(input, init);
      const copy = request.clone();
      const answer = await real(request);
      reading.push(keep(recorded, copy, answer.clone()));
      return answer;
    },
  };
}

async function keep(recorded: Recorded[], request: Request, answer: Response): Promise<void> {
  const [body, answered] = await Promise.all([request.text(), answer.text()]);
  recorded.push({
    method: request.method,
    path: new URL(request.url).pathname,
    headers: request.headers,
    sent: body.startsWith('{') ? JSON.parse(body) : null,
    status: answer.status,
    contentType: answer.headers.get('content-type') ?? '',
    answered,
  });
}
