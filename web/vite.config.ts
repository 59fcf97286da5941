import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { lingui } from '@lingui/vite-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite';
import { macros } from './macros.ts';

const here = import.meta.dirname;
const DAY_MS = 86_400_000;

/** What any of these paths ends in or goes through. */
const within = (...paths: string[]) => new RegExp(paths.map((path) => `/${path}[/.]`).join('|'));
const mantine = (...names: string[]) => `@mantine/core/esm/components/(${names.join('|')})`;

/** Parts that every page has, and ours around them. */
const EVERYWHERE = within(
  '@mantine/core/esm/core',
  mantine(
    'Alert',
    'Anchor',
    'Button',
    'CloseButton',
    'Group',
    'Input',
    'InputBase',
    'Loader',
    'NativeSelect',
  ),
  mantine('Skeleton', 'Stack', 'Text', 'TextInput', 'Textarea', 'Title', 'Transition', 'UnstyledButton'),
  // What lists and choices have in common with fields: else each of them would bring all that floats.
  mantine('Checkbox/CheckIcon', 'Radio/RadioIcon', 'VisuallyHidden', 'Combobox/ComboboxChevron'),
  mantine('Combobox/get-parsed-combobox-data', 'Combobox/Combobox\\.module'),
  '@mantine/hooks/esm/(utils/use-callback-ref|use-uncontrolled|use-id|use-merged-ref|use-isomorphic-effect)',
  '@mantine/hooks/esm/(use-media-query|use-mutation-observer)',
  '@tabler/icons-react/dist/esm/(createReactComponent|defaultAttributes)',
  'web/call',
  'web/ui/(amount|color-scheme|confirm|kinds|language|link|money|page|prefs|problem|problem-text|queries)',
  'web/ui/(root|states|strips|theme|when)',
  'contract/(catalogue|endpoint|ids|members|money|problems|system|wallet)',
);
/** What opens above a page: menus, dialogs, lists to choose from. */
const FLOATING = within(
  '@floating-ui',
  '(react-remove-scroll|react-style-singleton|use-sidecar|use-callback-ref)',
  mantine('Combobox', 'FloatingArrow', 'FocusTrap', 'Menu', 'Popover', 'Portal', 'ScrollArea', 'Select'),
  '@mantine/core/esm/utils/Floating',
);

export default defineConfig({
  root: here,
  plugins: [
    withoutJsonSchema(),
    macros(here),
    lingui({ cwd: here, failOnCompileError: true }),
    react(),
    firstPaint(),
    preloadLatin(),
    compressed(),
    sweep(),
  ],
  // Nothing inlined: the content security policy allows no data: address.
  build: {
    outDir: '../dist/web',
    // Pages that stand open when a new build comes still fetch the parts of theirs: `sweep` clears old ones away.
    emptyOutDir: false,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: `${here}/index.html`, console: `${here}/console.html` },
      output: {
        // What every page needs, in one file: it compresses better than fifty, and changes only with an update.
        codeSplitting: {
          groups: [
            { name: 'base', test: /node_modules\/(react|react-dom|scheduler|@tanstack|zod|@lingui)\// },
            { name: 'parts', test: EVERYWHERE },
            { name: 'floating', test: FLOATING },
          ],
        },
      },
    },
  },
});

/** Zod can write JSON Schema, which no page does: its functions for it are left out (7 kB of what every page fetches). */
function withoutJsonSchema(): Plugin {
  return {
    name: 'without-json-schema',
    enforce: 'pre',
    transform(code, id) {
      if (!/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/.test(id)) return null;
      const names = [...code.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
      return { code: names.map((name) => `export const ${name} = () => undefined;`).join('\n'), map: null };
    },
  };
}

/** Emits ui/first-paint.js as a blocking script of its own: the policy allows none in the page. */
function firstPaint(): Plugin {
  const source = readFileSync(`${here}/ui/first-paint.js`, 'utf8');
  const name = `assets/first-paint-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.js`;
  let built = false;
  return {
    name: 'first-paint',
    configResolved(config) {
      built = config.command === 'build';
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: name, source });
    },
    transformIndexHtml: () => [
      {
        tag: 'script',
        attrs: { src: built ? `/${name}` : '/ui/first-paint.js' },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/** The one font file that every page needs is fetched beside the style sheet, not after it. */
function preloadLatin(): Plugin {
  return {
    name: 'preload-latin',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }): HtmlTagDescriptor[] {
        const font = Object.keys(bundle ?? {}).find((file) => /inter-latin-wght-normal.*\.woff2$/.test(file));
        if (!font) return [];
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${font}`, crossorigin: true };
        return [{ tag: 'link', attrs, injectTo: 'head' }];
      },
    },
  };
}

/** Writes `.br` and `.gz` beside each text asset, so that the server compresses nothing while it answers. */
function compressed(): Plugin {
  const brotli = promisify(brotliCompress);
  const gz = promisify(gzip);
  return {
    name: 'compressed',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const texts = Object.values(bundle).filter((file) =>
          /^assets\/.*\.(js|css|svg)$/.test(file.fileName),
        );
        for (const file of texts) {
          const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
          this.emitFile({
            type: 'asset',
            fileName: `${file.fileName}.br`,
            source: await brotli(bytes, best),
          });
          this.emitFile({
            type: 'asset',
            fileName: `${file.fileName}.gz`,
            source: await gz(bytes, { level: 9 }),
          });
        }
      },
    },
  };
}

/** Removes assets that no build wrote for a day. */
function sweep(): Plugin {
  const assets = `${here}/../dist/web/assets`;
  return {
    name: 'sweep',
    apply: 'build',
    closeBundle() {
      for (const name of readdirSync(assets)) {
        const file = `${assets}/${name}`;
        const writtenAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
        if (Date.now() - writtenAt > DAY_MS) rmSync(file, { force: true });
      }
    },
  };
}
