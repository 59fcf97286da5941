import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Any object of Stripe's API, by its wire names. */
export type StripeObject = Record<string, unknown> & { id: string; object: string };

interface Endpoint {
  url: string;
  secret: string;
}

interface KeptAnswer {
  fingerprint: string;
  status: number;
  body: unknown;
  at: number;
}

/** Everything that the account holds. Plain data, so that it can be written down. */
interface BooksData {
  objects: Record<string, StripeObject>;
  /** Order of creation. */
  ids: string[];
  answers: Record<string, KeptAnswer>;
  endpoint: Endpoint | null;
  /** Terms of a session that the session object does not show, by its id. */
  intentTerms: Record<string, { metadata: Record<string, string>; description: string | null }>;
}

export class Books {
  readonly data: BooksData;
  readonly #file: string | undefined;

  /** With a file, what it holds is read, and each change is written. */
  constructor(file?: string) {
    this.#file = file;
    const isKept = file !== undefined && existsSync(file);
    this.data = isKept
      ? JSON.parse(readFileSync(file, 'utf8'))
      : { objects: {}, ids: [], answers: {}, endpoint: null, intentTerms: {} };
  }

  add(object: StripeObject): StripeObject {
    this.data.objects[object.id] = object;
    this.data.ids.push(object.id);
    return object;
  }

  find(id: string): StripeObject | undefined {
    return this.data.objects[id];
  }

  /** Newest first. */
  all(kind: string): StripeObject[] {
    return this.data.ids
      .map((id) => this.data.objects[id] as StripeObject)
      .filter(({ object }) => object === kind)
      .reverse();
  }

  /** Writes all down, when there is where. */
  keep(): void {
    if (this.#file === undefined) return;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.part`, JSON.stringify(this.data));
    renameSync(`${this.#file}.part`, this.#file);
  }
}

export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

/** Fields that we do not simulate, at rest. */
export function nulls(names: string): Record<string, null> {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, null]));
}
