import { vi } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { mailedCode } from './browser.ts';
import { aVisitor, type Product, type Visitor } from './product.ts';

/** A member whose every trait can be told from all other text, so that each can be looked for. */
export interface PrivatePerson {
  visitor: Visitor;
  apiKey: string;
  password: string;
  /** What must go to no provider, by what it is. */
  marks: Record<string, string>;
}

const person = {
  email: 'marguerite.otterline@private.example',
  displayName: 'Marguerite Otterline',
  password: 'an otterly private password',
  phone: '+254700123456',
  address: '203.0.113.77',
  userAgent: 'OtterBrowser/77.7',
};

/**
 * Signs up, proves the address, pays by card, and makes an API key, all over HTTP. The product must believe
 * 127.0.0.1 when it says who calls (TRUST_PROXY), so that the person has an address of their own.
 */
export async function aPrivatePerson(product: Product, dollars: number): Promise<PrivatePerson> {
  const jar = aVisitor(product.url);
  const cookies = new Map<string, string>();
  const visitor: Visitor = {
    raw: async (path, init = {}) => {
      const answer = await jar.raw(path, {
        ...init,
        headers: {
          'x-forwarded-for': person.address,
          'user-agent': person.userAgent,
          ...(init.headers as Record<string, string>),
        },
      });
      for (const line of answer.headers.getSetCookie())
        cookies.set(line.split('=')[0]!, line.split(/[=;]/)[1]!);
      return answer;
    },
    async call<T>(method: string, path: string, body?: unknown) {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await visitor.raw(path, { method, headers, body: JSON.stringify(body) });
      const text = await answer.text();
      if (answer.status >= 500) throw new Error(`${method} ${path}: ${text}`);
      const json = (text === '' ? null : JSON.parse(text)) as T;
      return { status: answer.status, headers: answer.headers, json };
    },
  };
  const { email, displayName, password, phone } = person;
  const age = { country: 'KE', birthDate: '1990-05-05' };
  const { agePass } = (await visitor.call<{ agePass: string }>('POST', '/api/age-check', age)).json;
  const account = { email, displayName, password, country: 'KE', agePass, acceptTerms: true };
  await visitor.call('POST', '/api/sign-up', account);
  const otp = await mailedCode(product, email);
  await visitor.call('POST', '/api/auth/email-otp/verify-email', { email, otp });
  await visitor.call('PATCH', '/api/me', { phone });
  const me = (await visitor.call<{ id: string }>('GET', '/api/me')).json;
  await topUpByCard(product, visitor, dollars);
  const key = await visitor.call<{ secret: string }>('POST', '/api/keys', {
    name: 'Otters',
    expiresAt: null,
  });
  const session = [...cookies].find(([name]) => name.endsWith('session_token'))?.[1] ?? '';
  return {
    visitor,
    apiKey: key.json.secret,
    password,
    marks: {
      id: me.id,
      address: email,
      name: 'Otterline',
      phone: phone.slice(1),
      ip: person.address,
      browser: 'OtterBrowser',
      session: decodeURIComponent(session).split('.')[0]!,
      key: key.json.secret,
    },
  };
}

/** Asks for it, pays on the processor's page, and waits until it is in the wallet. Answers the top-up's id. */
export async function topUpByCard(product: Product, visitor: Visitor, dollars: number): Promise<string> {
  const id = newId();
  const asked = await visitor.call<{ checkoutUrl: string }>('POST', '/api/top-ups', {
    id,
    amountMicro: String(dollars * 1_000_000),
  });
  const session = /cs_\w+/.exec(asked.json.checkoutUrl)?.[0];
  const paid = await fetch(`${product.simulators.stripe}/_control/pay`, {
    method: 'POST',
    body: JSON.stringify({ session, card: '4242424242424242' }),
  });
  if (!paid.ok) throw new Error(await paid.text());
  await vi.waitFor(
    async () => {
      const { json } = await visitor.call<{ state: string }>('GET', `/api/top-ups/${id}`);
      if (json.state !== 'settled') throw new Error(`still ${json.state}`);
    },
    { timeout: 20_000, interval: 100 },
  );
  return id;
}
