import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPolicies } from '#server/privacy/policy.ts';

const root = join(import.meta.dirname, '../..');

interface ClauseTest {
  /** The title without the ids that it begins with. */
  title: string;
  file: string;
}

/** Every clause of the policy in force, in its order, and the tests whose title begins with its id. */
export function policyCoverage(): string {
  const sections = publishedPolicies.privacy[0]!.sections;
  const tests = testsByClause();
  const clauses = new Set(sections.flatMap(({ paragraphs }) => paragraphs.map(({ clause }) => clause)));
  const unknown = [...tests.keys()].filter((id) => !clauses.has(id));
  if (unknown.length > 0)
    throw new Error(`tests are titled by clauses that there are not: ${unknown.join(', ')}`);
  const without = [...clauses].filter((id) => !tests.has(id));
  const tables = sections.map(
    ({ id, title, paragraphs }) =>
      `## ${id} ${title}\n\n${paragraphs.map(({ clause, text }) => ofClause(clause, text, tests.get(clause) ?? [])).join('\n\n')}`,
  );
  return `# The policy and its tests

Every clause of the privacy policy (\`server/privacy/policies/privacy.ts\`) with the tests whose title begins with its id, read
from the test files by \`npm run docs\`. A test that is named here shows what its title says, which need not be all that the
clause promises. ${without.length === 0 ? 'No clause is without.' : `Without any: ${without.join(', ')}.`}

${tables.join('\n\n')}
`;
}

function ofClause(clause: string, text: string, tests: ClauseTest[]): string {
  const byFile = Map.groupBy(tests, ({ file }) => file);
  const lines = [...byFile].flatMap(([file, titles]) => [
    `- [${file}](../${file})`,
    ...titles.map(({ title }) => `  - ${title}`),
  ]);
  return `**${clause}** ${text}\n\n${lines.length === 0 ? '- none' : lines.join('\n')}`;
}

function testsByClause(): Map<string, ClauseTest[]> {
  const found = new Map<string, ClauseTest[]>();
  for (const file of ['tests', 'server', 'web', 'sandbox'].flatMap(testFiles).sort())
    for (const { ids, title } of titlesIn(readFileSync(join(root, file), 'utf8')))
      for (const id of ids) found.set(id, [...(found.get(id) ?? []), { title, file }]);
  return found;
}

function testFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => `${folder}/${name}`);
}

/** `test('2.1 2.3 a title', …` and `test.each(…)('2.1 …` → ids and title; what a template fills in is left out. */
const TITLE = /(?:\b(?:test|it)(?:\.\w+)*|\))\(\s*(['"`])((?:\d{1,2}\.[1-9]\d? )+)((?:(?!\1).)+)\1/g;

function titlesIn(source: string): { ids: string[]; title: string }[] {
  return [...source.matchAll(TITLE)].map(([, , ids, title]) => ({
    ids: ids!.trim().split(' '),
    title: title!.replaceAll(/\$\{[^}]*\}|%s/g, '…'),
  }));
}
