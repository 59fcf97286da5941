import { transformAsync } from '@babel/core';
import { getConfig } from '@lingui/conf';
import type { Plugin } from 'vite';

/**
 * Turns Lingui's macros into calls, by Babel: the native transform of Lingui's own plugin is an optional package that
 * npm leaves out when it runs under Node 20. TypeScript and JSX stay for the bundler.
 */
export function macros(dir: string): Plugin {
  const linguiConfig = getConfig({ cwd: dir });
  return {
    name: 'lingui-macros',
    enforce: 'pre',
    transform: {
      filter: { id: /\/web\/.*\.tsx?$/, code: /@lingui\/(react|core)\/macro/ },
      async handler(code, id) {
        const result = await transformAsync(code, {
          filename: id,
          babelrc: false,
          configFile: false,
          sourceMaps: true,
          parserOpts: { plugins: ['typescript', 'jsx'] },
          plugins: [['@lingui/babel-plugin-lingui-macro', { linguiConfig }]],
        });
        return { code: result?.code ?? code, map: result?.map };
      },
    },
  };
}
