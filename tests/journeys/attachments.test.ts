import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Generation } from '#contract/generations.ts';
import { draw } from '#sandbox/kit/picture.ts';
import { aPdf } from '#server/artifacts/incoming/test-pdf.ts';
import { aPhotograph } from '#server/artifacts/incoming/test-pictures.ts';
import { ask, signIn, testStage } from '#tests/support/browser.ts';

const stage = testStage();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Given {
  name: string;
  type: string;
  bytes: Buffer;
}

/** What a browser does when files are pasted or dropped: an event with them on the page. */
async function give(page: Page, how: 'paste' | 'dragenter' | 'drop', files: Given[]): Promise<void> {
  const sent = files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString('base64') }));
  await page.evaluate(
    `((how, sent) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of sent)
        data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
      const more = how === 'paste' ? { clipboardData: data } : { dataTransfer: data };
      const Kind = how === 'paste' ? ClipboardEvent : DragEvent;
      document.body.dispatchEvent(new Kind(how, { bubbles: true, cancelable: true, ...more }));
    })(${JSON.stringify(how)}, ${JSON.stringify(sent)})`,
  );
}

async function choose(page: Page, files: Given[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /^Attach / }).click();
  await (await chooser).setFiles(
    files.map(({ name, type, bytes }) => ({ name, mimeType: type, buffer: bytes })),
  );
}

const chip = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Attached files' }).getByRole('listitem').filter({ hasText: name });

/** What axe calls serious or critical on the page as it stands. */
async function faultsFor(page: Page): Promise<string[]> {
  await page.evaluate(`window.axe === undefined ? (0, eval)(${JSON.stringify(axe)}) : null`);
  return page.evaluate<
    string[]
  >(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ' at ' + nodes[0].html + ' ' + (nodes[0].any[0]?.message ?? '')))`);
}

/** Micro-units on the button that spends. */
async function price(page: Page): Promise<number> {
  const words = await page.getByRole('button', { name: /^(Send|Generate) · / }).textContent();
  return Number(/\$([\d.]+)/.exec(words ?? '')![1]) * 1e6;
}

const widths = [
  { name: 'a wide screen', viewport: { width: 1440, height: 900 } },
  { name: 'a phone', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
];

for (const { name, ...options } of widths) {
  test(`on ${name}, a picture is pasted and a PDF attached: priced, sent, answered, and found in the history`, {
    timeout: 90_000,
  }, async () => {
    const { page } = await stage().open(options);
    await signIn(page, stage().product.member);
    await page.goto('/chat?model=openai/gpt-5.4-mini');
    await page.getByRole('textbox', { name: 'Message' }).fill('What do these two have in common?');
    await page.getByRole('button', { name: /^Send · up to/ }).waitFor();
    const bare = await price(page);
    const picture = await draw({ prompt: 'A pier', width: 640, height: 480, format: 'png' });
    await give(page, 'paste', [{ name: 'pier.png', type: 'image/png', bytes: picture }]);
    await chip(page, 'pier.png').locator('img').waitFor();
    await choose(page, [
      { name: 'paper.pdf', type: 'application/pdf', bytes: aPdf({ pages: 3, words: 'On piers' }) },
    ]);
    await chip(page, 'paper.pdf')
      .getByText(/\d (byte|kB)/)
      .waitFor();
    await page.getByRole('status').filter({ hasText: 'paper.pdf attached' }).waitFor({ state: 'attached' });
    await expect.poll(() => price(page)).toBeGreaterThan(bare);
    await page.getByRole('button', { name: /^Send · up to/ }).click();
    await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
    await page.getByText(/^Charged \$0\.\d+$/).waitFor();
    expect(await page.getByRole('list', { name: 'Attached files' }).count()).toBe(0);
    await page.reload();
    const sent = page.getByRole('list', { name: 'Sent files' });
    await sent.getByRole('img', { name: 'pier.png' }).waitFor();
    await sent.getByRole('link', { name: 'paper.pdf' }).waitFor();
    await page.getByRole('link', { name: 'Details and charge' }).click();
    await page.getByRole('link', { name: 'pier.png' }).waitFor();
    await page.getByRole('link', { name: 'paper.pdf' }).waitFor();
    const id = page.url().split('/').at(-1)!;
    const { files, sentTo } = await ask<Generation>(page, `/api/generations/${id}`);
    expect(files.map((file) => file.mediaType).sort()).toEqual(['application/pdf', 'image/png']);
    expect(sentTo.some(({ kinds }) => kinds.includes('files'))).toBe(true);
    await page.goto(`/chat/${id}`);
    await page.getByRole('textbox', { name: 'Message' }).fill('And what sets them apart?');
    await page.getByRole('button', { name: /^Send · up to/ }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(id));
    const next = await ask<Generation>(page, `/api/generations/${page.url().split('/').at(-1)}`);
    expect(next.files).toHaveLength(2);
  });
}

test('what a model does not take is said in words, and goes when it is removed', {
  timeout: 60_000,
}, async () => {
  const { page } = await stage().open();
  stage().refusedOnPurpose.add('/api/files');
  await signIn(page, stage().product.member);
  await page.goto('/chat?model=openai/gpt-5.4-mini');
  await page.getByRole('textbox', { name: 'Message' }).fill('Listen');
  await choose(page, [
    { name: 'logo.svg', type: 'image/svg+xml', bytes: Buffer.from('<svg onload="x()"/>') },
  ]);
  await chip(page, 'logo.svg')
    .getByText(/takes pictures, PDF, text and code/)
    .waitFor();
  await choose(page, [{ name: 'letter.docx', type: '', bytes: Buffer.from('PK\u0003\u0004 a letter') }]);
  await chip(page, 'letter.docx')
    .getByText(/takes pictures, PDF, text and code/)
    .waitFor();
  await choose(page, [{ name: 'all.bin', type: '', bytes: Buffer.from('PK\u0003\u0004 an archive') }]);
  await chip(page, 'all.bin')
    .getByText(/Unpack it/)
    .waitFor();
  expect(await page.getByRole('button', { name: /^Send/ }).isDisabled()).toBe(true);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    expect(await faultsFor(page), colorScheme).toEqual([]);
  }
  await page.getByRole('button', { name: 'Remove logo.svg' }).press('Enter');
  await page.getByRole('button', { name: 'Remove letter.docx' }).press('Enter');
  await page.getByRole('button', { name: 'Remove all.bin' }).press('Enter');
  // Focus goes back to the words, not to nowhere.
  await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('TEXTAREA');
  await page.getByRole('button', { name: /^Send · up to/ }).waitFor();
});

test('files may be dropped anywhere, and camera data stays only where its owner wants it', {
  timeout: 60_000,
}, async () => {
  const { page } = await stage().open();
  await signIn(page, stage().product.member);
  await page.goto('/chat?model=openai/gpt-5.4-mini');
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
  const photo = { name: 'photo.jpg', type: 'image/jpeg', bytes: await aPhotograph('jpeg') };
  await give(page, 'dragenter', [photo]);
  await page.getByText('Drop to attach').waitFor();
  await give(page, 'drop', [
    photo,
    { name: 'notes.ts', type: 'video/mp2t', bytes: Buffer.from('export const a = 1;') },
  ]);
  await page.getByText('Drop to attach').waitFor({ state: 'detached' });
  await chip(page, 'notes.ts').waitFor();
  await chip(page, 'photo.jpg').getByText('camera and location data removed').waitFor();
  const keep = page.getByRole('switch', { name: 'Keep camera and location data in photo.jpg' });
  await keep.press('Space');
  await chip(page, 'photo.jpg').getByText('camera and location data removed').waitFor({ state: 'detached' });
  await expect.poll(() => keep.isChecked()).toBe(true);
  // No words are needed where files speak.
  await page.getByRole('button', { name: /^Send · up to/ }).click();
  await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
  const run = await ask<Generation>(page, `/api/generations/${page.url().split('/').at(-1)}`);
  const kept = run.files.find((file) => file.name === 'photo.jpg')!;
  const bytes = await page.evaluate(
    async (url) => (await (await fetch(url)).text()).includes('Lochkamera'),
    `/api/files/${kept.id}`,
  );
  expect(bytes).toBe(true);
});

test('where a model has fields for files, each file that is pasted finds its own', {
  timeout: 60_000,
}, async () => {
  const { page } = await stage().open();
  await signIn(page, stage().product.member);
  await page.goto('/video?model=kling/kling-3.0');
  await page.getByLabel('Prompt', { exact: true }).fill('The tide comes in');
  const picture = (name: string, side: number) =>
    draw({ prompt: name, width: side, height: side, format: 'png' }).then((bytes) => ({
      name,
      type: 'image/png',
      bytes,
    }));
  await give(page, 'paste', [await picture('first.png', 640), await picture('last.png', 640)]);
  await chip(page, 'first.png').getByText('First frame').waitFor();
  await chip(page, 'last.png').getByText('Last frame').waitFor();
  await page.getByRole('button', { name: /^Generate · / }).waitFor();
  await page
    .getByRole('list', { name: 'Attached files' })
    .getByRole('button', { name: 'Remove first.png' })
    .click();
  await give(page, 'paste', [await picture('small.png', 120)]);
  stage().refusedOnPurpose.add('/api/quotes');
  await page.getByText(/small\.png.*120 × 120.*at least 300 pixels/).waitFor();
});
