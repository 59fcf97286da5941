import { type Adapter, adapterFor, type Operation, type Provider } from './provider.ts';

/** One test that ran: `openai text: gpt-6-luna` and its sentence. */
export interface Ran {
  suite: string;
  title: string;
}

interface Column {
  name: string;
  /** What the adapter says of itself. */
  has(adapter: Adapter): string | null;
  /** The sentence of the test that proves it. */
  title: string;
}

const columns: Column[] = [
  {
    name: 'answers',
    has: ({ kind }) => ({ stream: 'streams', reply: 'at once', task: 'polled' })[kind],
    title: 'reports exactly what the provider counted, within the bound that was held',
  },
  {
    name: 'usage',
    has: () => 'its own count',
    title: 'reports exactly what the provider counted, within the bound that was held',
  },
  {
    name: 'reasoning',
    has: ({ kind }) => (kind === 'stream' ? 'handed back' : null),
    title: 'what it sealed before calling tools goes back with their results, as it was',
  },
  {
    name: 'cut stream',
    has: ({ kind }) => (kind === 'stream' ? 'a fault' : null),
    title: 'a cut stream throws after what had arrived, and counts as accepted',
  },
  {
    name: 'webhook',
    has: (adapter) => (adapter.kind === 'task' && adapter.verifyWebhook !== undefined ? 'a hint' : null),
    title: 'a job is found again from what was kept of it as JSON, and tells its end as often as it is asked',
  },
  {
    name: 'cancel',
    has: (adapter) => (adapter.kind === 'task' && adapter.cancel !== undefined ? 'yes' : null),
    title: 'a job can be cancelled',
  },
  {
    name: 'refused content',
    has: () => 'told apart',
    title: 'refused content is told as such',
  },
  {
    name: 'request checked',
    has: () => 'by its description',
    title: 'the request fits the description that the provider publishes',
  },
];
const REFUSED_TEXT = 'a refusal is told as one';

/**
 * The table of what each provider can do, as Markdown. A cell stands there only where the test that proves it is among
 * those that passed: each is followed by the number of its sentence below.
 */
export function capabilitiesTable(providers: readonly Provider[], passed: readonly Ran[]): string {
  const rows = providers.flatMap((provider) =>
    (Object.keys(provider.operations) as Operation[]).map((operation) => rowOf(provider, operation, passed)),
  );
  return [
    '# What each provider can do',
    '',
    'Generated from the tests that passed. A cell without a green test is empty.',
    '',
    `| provider | operation | units | ${columns.map(({ name }, at) => `${name} (${at + 1})`).join(' | ')} |`,
    `| --- | --- | --- | ${columns.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
    ...columns.map(({ title }, at) => `${at + 1}. “${title}”`),
    '',
  ].join('\n');
}

function rowOf(provider: Provider, operation: Operation, passed: readonly Ran[]): string {
  const tests = passed.filter(({ suite }) => suite.startsWith(`${provider.id} ${operation}: `));
  const model = tests[0]?.suite.split(': ')[1] ?? '';
  const adapter = adapterFor(provider, operation, model);
  const cells = columns.map(({ has, title }) => {
    const proven = tests.some(
      (ran) => ran.title === title || (title.startsWith('refused') && ran.title === REFUSED_TEXT),
    );
    return proven ? (has(adapter) ?? '–') : '';
  });
  return `| ${provider.id} | ${operation} | ${tests.length === 0 ? '' : unitsOf(adapter, operation, model)} | ${cells.join(' | ')} |`;
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
