/** `npm run screenshots`: pictures of the running product, for the README and for looking at it. Pages: all, at phone and desktop width, light and dark. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { browserProgram, flags } from '#tests/support/browser-program.ts';
import { anImage, aText, run } from '#tests/support/generating.ts';
import { discard, startProduct, theMember } from '#tests/support/product.ts';

/** All pictures go to the folder named as argument; without one, only the README's go to docs/screenshots. */
const folder = process.argv[2];
const readme = new Set([
  'landing-1440-light',
  'chat-1440-light',
  'image-1440-dark',
  'generation-1440-light',
  'wallet-390-light',
]);

const product = await startProduct();
const member = await theMember(product);
const text = await run(member, aText('Explain double-entry bookkeeping to a child, with a small table.'));
const picture = await run(
  member,
  anImage('A lighthouse at dusk, oil painting', { width: 1024, height: 768 }),
);
await run(member, anImage('Three pears on a wooden table, morning light'));

const pages: Record<string, string> = {
  landing: '/',
  models: '/models',
  pricing: '/pricing',
  'sign-in': '/sign-in',
  'sign-up': '/sign-up',
  privacy: '/legal/privacy',
  cookies: '/legal/cookies',
  chat: `/chat/${text.id}`,
  image: '/image',
  video: '/video',
  history: '/history',
  generation: `/g/${picture.id}`,
  wallet: '/wallet',
  statement: '/wallet/statement',
  'top-up': '/wallet/top-up',
  profile: '/settings/profile',
  security: '/settings/security',
  'settings-privacy': '/settings/privacy',
  keys: '/settings/keys',
};
const signedOut = new Set(['landing', 'sign-in', 'sign-up']);

const browser = await chromium.launch({ executablePath: await browserProgram(), args: flags });
for (const scheme of ['light', 'dark'] as const) {
  for (const width of [390, 1440]) {
    const visitor = await newPage(scheme, width);
    const person = await newPage(scheme, width);
    await signIn(person);
    for (const [name, path] of Object.entries(pages)) {
      const title = `${name}-${width}-${scheme}`;
      if (folder === undefined && !readme.has(title)) continue;
      await take(signedOut.has(name) ? visitor : person, path, title);
    }
  }
}
await browser.close();
await discard(product);

async function newPage(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
  const context = await browser.newContext({
    baseURL: product.url,
    colorScheme,
    viewport: { width, height: width === 390 ? 844 : 900 },
    reducedMotion: 'reduce',
  });
  return context.newPage();
}

async function signIn(page: Page) {
  const answer = await page.request.post('/api/auth/sign-in/email', {
    data: { email: product.member.email, password: product.member.password },
    headers: { origin: product.url },
  });
  if (!answer.ok()) throw new Error(`not signed in: ${answer.status()}`);
}

async function take(page: Page, path: string, title: string) {
  await page.goto(path);
  await page.getByRole('main').waitFor();
  await page.waitForLoadState('networkidle');
  const dir = folder ?? join(import.meta.dirname, '../docs/screenshots');
  mkdirSync(dir, { recursive: true });
  const png = await page.screenshot();
  if (folder === undefined)
    writeFileSync(join(dir, `${title}.webp`), await sharp(png).webp({ quality: 82 }).toBuffer());
  else writeFileSync(join(dir, `${title}.png`), png);
}
