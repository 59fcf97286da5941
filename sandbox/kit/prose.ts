import { createHash } from 'node:crypto';

/** A number from 0 to 2³²−1 that depends on the text alone. */
export function seedOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

/** A generator of numbers in [0, 1), the same for the same seed (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const openings = [
  'The short answer is that most of the work lies in the first decision.',
  'There are two sides to this, and both of them matter.',
  'It helps to look at what is fixed and what can still be changed.',
  'A small example says more here than a long definition.',
];
const sentences = [
  'Begin with the part that is cheapest to undo, and leave the rest for later.',
  'Write down what you expect to see before you look at the result.',
  'A plan that fits on one page is read; a longer one is filed.',
  'When two numbers disagree, find out which of them was measured.',
  'People remember the order in which things happened better than the dates.',
  'Keep the old way running beside the new one until nobody asks for it any more.',
  'The limit is seldom where it was drawn; it is where the queue forms.',
  'What is counted twice is usually counted wrongly once.',
  'Ask who will notice first if this goes wrong, and tell that person now.',
  'A good default spares more questions than a good manual.',
  'Small steps look slow only from a distance.',
  'If a rule needs three exceptions, it is describing something else.',
  'The second attempt is cheaper, because the first one drew the map.',
  'Leave room for the case that nobody has thought of yet.',
  'Rain is patient, and so is an unread warning.',
  'Compare like with like, in the same week and on the same scale.',
];
const steps = [
  '**Look** at what is there.',
  '**Choose** one thing.',
  '**Try** it on a small scale.',
  '**Measure** again.',
];

/**
 * An answer in Markdown that mentions the prompt: the same for the same prompt.
 * About `words` words: an exact length is the business of whoever cuts it.
 */
export function answerTo(prompt: string, words?: number): string {
  const subject = subjectOf(prompt);
  const seed = seedOf(prompt);
  const next = numbersFrom(seed);
  const pick = (from: readonly string[]) => from[Math.floor(next() * from.length)] as string;
  const paragraph = (count: number) => Array.from({ length: count }, () => pick(sentences)).join(' ');
  const length = words ?? 140 + (seed % 80);
  const parts = [`You asked about **${subject}**. ${pick(openings)}`];
  if (length > 60) {
    parts.push(
      `## In brief\n\n${paragraph(2)}`,
      steps.map((step) => `- ${step} ${pick(sentences)}`).join('\n'),
    );
  }
  if (length > 120) {
    parts.push(
      `\`\`\`ts\nconst subject = ${JSON.stringify(subject)};\nfor (const step of plan(subject)) {\n  await attempt(step);\n}\n\`\`\``,
    );
  }
  if (length > 150) {
    const rows = ['now', 'next week', 'later'].map(
      (when) => `| ${when} | ${1 + Math.floor(next() * 9)} | ${pick(sentences)} |`,
    );
    parts.push(`| when | effort | why |\n|---|---|---|\n${rows.join('\n')}`);
  }
  let section = 1;
  while (countWords(parts) < length) {
    if (countWords(parts) > 150 * section) {
      section += 1;
      parts.push(`## Part ${section}`);
    }
    parts.push(paragraph(4));
  }
  const text = parts.join('\n\n');
  return words !== undefined && words <= 60 ? text.split(' ').slice(0, Math.max(1, words)).join(' ') : text;
}

function countWords(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + part.split(/\s+/).length, 0);
}

/** The first line of a prompt without the phrases that steer us, short enough for a sentence. */
export function subjectOf(prompt: string): string {
  const line = prompt
    .slice(0, 2000)
    .replaceAll(/\[sandbox:[^\]]*\]/g, ' ')
    .replaceAll(/[\s*_`#|]+/g, ' ')
    .trim();
  return line.length === 0 ? 'nothing in particular' : [...line].slice(0, 80).join('');
}

/** A value that fits a JSON Schema, made of the subject: for structured answers and tool arguments. */
export function valueFor(schema: unknown, subject: string, depth = 0): unknown {
  if (typeof schema !== 'object' || schema === null || depth > 12) return null;
  const node = schema as Record<string, unknown>;
  if (Array.isArray(node.enum)) return node.enum[seedOf(subject) % node.enum.length];
  if ('const' in node) return node.const;
  const first = [node.anyOf, node.oneOf, node.allOf].find(Array.isArray)?.[0];
  if (first !== undefined) return valueFor(first, subject, depth + 1);
  const type = Array.isArray(node.type) ? node.type[0] : node.type;
  switch (String(type).toLowerCase()) {
    case 'object': {
      const properties = (node.properties ?? {}) as Record<string, unknown>;
      return Object.fromEntries(
        Object.entries(properties).map(([name, part]) => [
          name,
          valueFor(part, `${subject} (${name})`, depth + 1),
        ]),
      );
    }
    case 'array': {
      const count = typeof node.minItems === 'number' ? Math.max(1, node.minItems) : 2;
      return Array.from({ length: count }, (_, at) =>
        valueFor(node.items, `${subject} ${at + 1}`, depth + 1),
      );
    }
    case 'integer':
    case 'number': {
      const low = typeof node.minimum === 'number' ? node.minimum : 1;
      const high = typeof node.maximum === 'number' ? node.maximum : low + 41;
      return Math.floor(low + (seedOf(subject) / 4_294_967_296) * (high - low));
    }
    case 'boolean':
      return seedOf(subject) % 2 === 0;
    case 'null':
      return null;
    default:
      return subject;
  }
}
