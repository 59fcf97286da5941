import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { browserProgram, flags } from './browser-program.ts';
import { discard, type Product, startProduct, theStaff } from './product.ts';

/** The product and a real browser, one of each for a test file. */
export interface Stage {
  product: Product;
  /** A browser as a person has it: its own cookies and storage. Errors in its pages fail the test. */
  open(options?: BrowserContextOptions): Promise<{ page: Page; context: BrowserContext }>;
  /** Every address that the pages of this test asked for. */
  asked: URL[];
  /** Paths whose refusal this test brings about: a browser writes each refusal down as an error. */
  refusedOnPurpose: Set<string>;
}

/** Starts the product and a browser before the file's tests; after each test no page may have reported an error. */
export function testStage(): () => Stage {
  let browser: Browser;
  let product: Product;
  let faults: string[] = [];
  const asked: URL[] = [];
  const refusedOnPurpose = new Set<string>();
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    [product, browser] = await Promise.all([
      startProduct(),
      browserProgram().then((executablePath) => chromium.launch({ executablePath, args: flags })),
    ]);
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    asked.length = 0;
    refusedOnPurpose.clear();
    const seen = faults;
    faults = [];
    expect(seen).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    if (product !== undefined) await discard(product);
  });
  async function open(options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ baseURL: product.url, reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(15_000);
    contexts.push(context);
    context.on('request', (request) => asked.push(new URL(request.url())));
    context.on('weberror', (fault) => faults.push(`${fault.page()?.url()}: ${fault.error().message}`));
    context.on('console', (line) => {
      // Who is not signed in is told so by the answer to "who am I", which the browser writes down as an error.
      const isVisitor = line.text().includes('401') && line.location().url.endsWith('/api/me');
      const { url } = line.location();
      const isMeant = URL.canParse(url) && refusedOnPurpose.has(new URL(url).pathname);
      if (line.type() === 'error' && !isVisitor && !isMeant)
        faults.push(`${line.page()?.url()}: ${line.text()} ${url}`);
    });
    return { context, page: await context.newPage() };
  }
  return () => ({ product, open, asked, refusedOnPurpose });
}

/** Signs in on the sign-in page, as a person does. */
export async function signIn(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL('**/chat');
}

/** What the page's own API answers to the person who is signed in there. */
export async function ask<T>(page: Page, path: string): Promise<T> {
  return page.evaluate(async (url) => (await fetch(url)).json(), path) as Promise<T>;
}

/** Makes something at its quoted price, as the page would ask for it, and waits for its end; answers its id. */
export async function made(page: Page, wish: { modelId: string; params: unknown }): Promise<string> {
  const asked = { fileIds: [], ...wish };
  const id = newId();
  const { quote } = await send<{ quote: string }>(page, '/api/quotes', asked);
  await send(page, '/api/generations', { id, quote, ask: asked });
  await vi.waitFor(
    async () => {
      const { state } = await ask<{ state: string }>(page, `/api/generations/${id}`);
      if (state !== 'settled') throw new Error(`still ${state}`);
    },
    { timeout: 30_000, interval: 200 },
  );
  return id;
}

async function send<T>(page: Page, path: string, body: unknown): Promise<T> {
  return page.evaluate(
    async ([url, json]) => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: json,
      });
      if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    [path, JSON.stringify(body)] as const,
  ) as Promise<T>;
}

/** The newest six-digit code mailed to the address, as staff reads it in the console's outbox. */
export async function mailedCode(product: Product, email: string): Promise<string> {
  const staff = await theStaff(product);
  return vi.waitFor(
    async () => {
      const { json } = await staff.call<{ items: { to: string; text: string }[] }>(
        'GET',
        '/api/console/outbox',
      );
      const code = json.items.find(({ to }) => to === email)?.text.match(/\b\d{6}\b/)?.[0];
      if (code === undefined) throw new Error(`no code was mailed to ${email}`);
      return code;
    },
    { timeout: 10_000, interval: 100 },
  );
}

/** Pages that anyone may read. */
export const publicPages = [
  '/',
  '/models',
  '/pricing',
  '/legal/terms',
  '/legal/privacy',
  '/legal/cookies',
  '/legal/subprocessors',
  '/news/confirm/a-token',
  '/news/stop/a-token',
  '/contact',
  '/status',
  '/sign-in',
  '/sign-up',
  '/verify',
  '/reset',
  '/no-such-page',
];

/** Pages of who is signed in. */
export const memberPages = [
  '/chat',
  '/compare',
  '/image',
  '/video',
  '/speech',
  '/sound',
  '/music',
  '/history',
  '/wallet',
  '/wallet/statement',
  '/wallet/top-up',
  '/contact',
  '/more',
  '/settings/profile',
  '/settings/security',
  '/settings/privacy',
  '/settings/keys',
  '/settings/spending',
  '/settings/appearance',
];

export const staffPages = [
  '/console/overview',
  '/console/people',
  '/console/support',
  '/console/money',
  '/console/money/codes',
  '/console/money/invoices',
  '/console/payments',
  '/console/catalogue',
  '/console/catalogue/import',
  '/console/catalogue/google/gemini-4-argon',
  '/console/providers',
  '/console/ledger',
  '/console/mail',
];

/** Opens the page and waits until all of it is there. */
export async function arrive(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  await page.locator('[aria-busy=true], [data-waiting]').first().waitFor({ state: 'detached' });
}
