import { type Adapter, adapterFor, type Operation, type Provider } from './provider.ts';

/** One test that ran: `openai text: gpt-6-luna` and its sentence. */
export interface Ran {
  suite: string;
  title: string;
}

interface Column {
  name: string;
  /** What a cell says, by the sentence of the test that proves it: the first that passed. */
  proofs: { title: string; says(adapter: Adapter, units: string): string | null }[];
  /** What it says where nothing of the kind exists to be proven. */
  without?(adapter: Adapter): string | null;
}

const COUNTED = 'reports exactly what the provider counted, within the bound that was held';

const columns: Column[] = [
  {
    name: 'answer',
    proofs: [
      {
        title: COUNTED,
        says: ({ kind }) => ({ stream: 'in pieces', reply: 'at once', task: 'a job, polled' })[kind],
      },
    ],
  },
  {
    name: 'streaming',
    proofs: [
      { title: 'a cut stream throws after what had arrived, and counts as accepted', says: () => 'yes' },
    ],
    without: ({ kind }) => (kind === 'stream' ? null : '–'),
  },
  {
    name: 'webhook',
    proofs: [
      {
        title: 'a callback speaks of its job, and is refused when its signature does not fit',
        says: () => 'signed',
      },
      {
        title: 'a callback speaks of its job, and is a hint that anybody could send',
        says: () => 'unsigned, a hint',
      },
    ],
    without: (adapter) => (adapter.kind === 'task' && adapter.verifyWebhook !== undefined ? null : '–'),
  },
  {
    name: 'cancel',
    proofs: [{ title: 'a job can be cancelled', says: () => 'yes' }],
    without: (adapter) => (adapter.kind === 'task' && adapter.cancel !== undefined ? null : '–'),
  },
  {
    name: 'usage source',
    proofs: [
      {
        title: 'settles on the number that the provider tells, whatever was expected',
        says: () => 'the provider’s number',
      },
      {
        title: 'settles on what was asked for, as the provider tells no number',
        says: () => 'what was asked for',
      },
    ],
  },
  { name: 'unit', proofs: [{ title: COUNTED, says: (_, units) => units }] },
  {
    name: 'refused content',
    proofs: [
      { title: 'refused content is told as such', says: () => 'told apart' },
      { title: 'a refusal is told as one', says: () => 'told apart' },
    ],
  },
  {
    name: 'request checked',
    proofs: [
      {
        title: 'the request fits the description that the provider publishes',
        says: () => 'by its description',
      },
    ],
  },
];

/**
 * The table of what each provider can do, as Markdown. A cell stands there only where a test that proves it is among
 * those that passed: the number leads to its sentence below.
 */
export function capabilitiesTable(providers: readonly Provider[], passed: readonly Ran[]): string {
  const titles = [...new Set(columns.flatMap(({ proofs }) => proofs.map(({ title }) => title)))];
  const rows = providers.flatMap((provider) =>
    (Object.keys(provider.operations) as Operation[]).map((operation) =>
      rowOf(provider, operation, passed, titles),
    ),
  );
  return [
    '# What each provider can do',
    '',
    'Generated from the tests that passed (`npm run docs:providers`). Each cell names the test that proves it by the',
    'number of its sentence below; a cell without a green test is empty. «–»: the provider has none.',
    '',
    `| provider | operation | ${columns.map(({ name }) => name).join(' | ')} |`,
    `| --- | --- | ${columns.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
    ...titles.map((title, at) => `${at + 1}. “${title}”`),
    '',
    'The tests are in `server/providers/contract-tests.ts`, run by `server/providers/<provider>/*.test.ts` under the name',
    '`<provider> <operation>: <model>`.',
    '',
  ].join('\n');
}

function rowOf(
  provider: Provider,
  operation: Operation,
  passed: readonly Ran[],
  titles: readonly string[],
): string {
  const tests = passed.filter(({ suite }) => suite.startsWith(`${provider.id} ${operation}: `));
  const models = [...new Set(tests.map(({ suite }) => suite.slice(suite.indexOf(': ') + 2)))];
  const adapters = models.map((model) => ({ model, adapter: adapterFor(provider, operation, model) }));
  const cells = columns.map(({ proofs, without }) => {
    const found = proofs.flatMap(({ title, says }) => {
      const proven = adapters.filter(({ model }) =>
        tests.some((ran) => ran.title === title && ran.suite.endsWith(`: ${model}`)),
      );
      const said = proven.map(({ model, adapter }) => says(adapter, unitsOf(adapter, operation, model)));
      const words = [...new Set(said.flatMap((each) => (each === null ? [] : each.split(', '))))];
      return words.length === 0 ? [] : [`${words.join(', ')} (${titles.indexOf(title) + 1})`];
    });
    if (found.length > 0) return found.join('; ');
    const [first] = adapters;
    return first === undefined ? '' : (without?.(first.adapter) ?? '');
  });
  return `| ${provider.id} | ${operation} | ${cells.join(' | ')} |`;
}

/** Units of the bound of a plain call: what the price is made of. */
function unitsOf(adapter: Adapter, operation: Operation, upstreamModel: string): string {
  const words =
    operation === 'text'
      ? { messages: [{ role: 'user', content: 'x' }] }
      : { prompt: 'x', size: '1024x1024' };
  const call = { generationId: '', operation, upstreamModel, params: words, files: [], memberHash: '' };
  const bound = adapter.kind === 'stream' ? adapter.bound(call, { maxOutputTokens: 1 }) : adapter.bound(call);
  return Object.keys(bound).join(', ');
}
