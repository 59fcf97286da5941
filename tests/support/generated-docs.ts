import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Endpoint } from '#contract/endpoint.ts';
import { Problem, problems } from '#contract/problems.ts';
import { settingsTable } from '#server/config.ts';
import { providers } from '#server/providers/registry.ts';
import { policyCoverage } from './policy-coverage.ts';

const root = join(import.meta.dirname, '../..');

/** Documents that follow from the code, by their name in docs/. */
export async function generatedDocs(): Promise<Record<string, string>> {
  return {
    'settings.md': `# Settings\n\nAll from the environment. Made from \`server/config.ts\` by \`npm run docs\`.\n\n${settingsTable()}\n\n## Providers\n\nA provider's real hosts are used once its key is set.\n\n${providerTable()}\n\n${ROUTES}\n`,
    'problems.md': `# Refusals\n\nEvery refusal of our API is \`application/problem+json\` (RFC 9457). Made from \`contract/problems.ts\` by \`npm run docs\`.\n\n| type | status | meaning |\n|---|---|---|\n${Object.entries(
      problems,
    )
      .map(([slug, { status, title }]) => `| \`/problems/${slug}\` | ${status} | ${title} |`)
      .join('\n')}\n`,
    'policy-coverage.md': policyCoverage(),
    'openapi.json': `${JSON.stringify(await openApi(), null, 2)}\n`,
  };
}

/** Several routes of one provider, by numbers. */
const ROUTES = `### Several routes

Beside its key a provider has a region (\`OPENAI_REGION\`: where it processes, shown to people, who may demand one) and a
weight (\`OPENAI_WEIGHT\`, 0 to 1000, 100 unless set: its share of the calls; 0 serves only when no other can). Further
routes carry a number from 2 to 9 behind each name, and take from the first what they leave out:

    OPENAI_API_KEY=sk-…          OPENAI_REGION=US
    OPENAI_API_KEY_2=sk-…        OPENAI_REGION_2=EU   OPENAI_BASE_URL_2=https://eu.api.openai.com/v1   OPENAI_WEIGHT_2=50

One at another address must name its region. In sandbox mode \`SANDBOX_URLS\` may name further simulators in the same
way (\`openai-2\`). [How one is chosen](decisions/routing.md).`;

function providerTable(): string {
  const rows = providers.map(
    ({ terms, settings }) =>
      `| ${terms.name} | \`${settings.key}\` | \`${settings.baseUrl}\` | ${settings.defaultBaseUrl} | ${(settings.extra ?? []).map((name) => `\`${name}\``).join(', ')} |`,
  );
  return [
    '| provider | key | other address | standard address | more |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** Our API as OpenAPI 3.1, for outsiders: a changed promise shows in review. */
async function openApi(): Promise<object> {
  const paths: Record<string, Record<string, object>> = {};
  for (const name of readdirSync(join(root, 'contract'))
    .filter((file) => file.endsWith('.ts'))
    .sort()) {
    const file = (await import(join(root, 'contract', name))) as Record<string, unknown>;
    for (const [id, value] of Object.entries(file).sort(([a], [b]) => (a < b ? -1 : 1)))
      if (isEndpoint(value)) addPath(paths, id, value);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Mluen', version: '1', license: { name: 'Apache-2.0' } },
    paths,
    components: { schemas: { Problem: z.toJSONSchema(Problem, { io: 'input' }) } },
  };
}

function isEndpoint(value: unknown): value is Endpoint {
  return (
    typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'summary' in value
  );
}

function addPath(paths: Record<string, Record<string, object>>, operationId: string, endpoint: Endpoint) {
  const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
  const schema = (of: z.ZodType) => z.toJSONSchema(of, { io: 'input', unrepresentable: 'any' });
  const parameters = [...named(endpoint.params, 'path'), ...named(endpoint.query, 'query')];
  const refusal = (slug: string) => ({
    description: slug,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
  paths[path] ??= {};
  paths[path][endpoint.method.toLowerCase()] = {
    operationId,
    summary: endpoint.summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(endpoint.body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: schema(endpoint.body) } } },
        }),
    responses: {
      ...(endpoint.reply === undefined
        ? { 204: { description: 'done' } }
        : {
            200: { description: 'ok', content: { 'application/json': { schema: schema(endpoint.reply) } } },
          }),
      ...Object.fromEntries((endpoint.problems ?? []).map((slug) => [problems[slug].status, refusal(slug)])),
      default: refusal('any other refusal'),
    },
  };
}

function named(of: z.ZodType | undefined, where: 'path' | 'query'): object[] {
  if (of === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(of, { io: 'input' }) as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema,
  }));
}
