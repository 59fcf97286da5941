import type { Books, StripeObject } from './books.ts';
import { invalid, noSuch } from './refusals.ts';

const MAX_DEPTH = 4;

/** A copy in which the ids at these paths are replaced by what they name. */
export function expanded(books: Books, object: StripeObject, paths: readonly string[]): StripeObject {
  const copy = structuredClone(object);
  for (const path of paths) expandAt(books, copy, path.split('.'), path);
  return copy;
}

function expandAt(books: Books, node: Record<string, unknown>, parts: string[], path: string): void {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  if (parts.length > MAX_DEPTH)
    throw invalid(`You cannot expand more than ${MAX_DEPTH} levels of a property: ${path}`, 'expand');
  if (!(part in node)) {
    // What a session does not carry unless asked.
    if (node.object === 'checkout.session' && part === 'line_items')
      node.line_items = lineItemsOf(node as StripeObject);
    else if (node.object === 'charge' && part === 'refunds')
      node.refunds = refundsOf(books, node as StripeObject);
    else throw invalid(`This property cannot be expanded (${path}).`, 'expand', 'parameter_unknown');
  }
  const value = node[part];
  const found = typeof value === 'string' ? books.find(value) : undefined;
  if (found !== undefined) node[part] = structuredClone(found);
  for (const next of Array.isArray(node[part]) ? (node[part] as unknown[]) : [node[part]]) {
    if (typeof next === 'object' && next !== null)
      expandAt(books, next as Record<string, unknown>, rest, path);
  }
}

export function lineItemsOf(session: StripeObject): unknown {
  const { amount_total, currency } = session;
  const item = {
    id: `li_${session.id.slice(8)}`,
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount_total,
    amount_tax: 0,
    amount_total,
    currency,
    description: 'Wallet top-up',
    metadata: {},
    price: null,
    quantity: 1,
  };
  return {
    object: 'list',
    data: [item],
    has_more: false,
    url: `/v1/checkout/sessions/${session.id}/line_items`,
  };
}

function refundsOf(books: Books, charge: StripeObject): unknown {
  const data = books.all('refund').filter((refund) => refund.charge === charge.id);
  return {
    object: 'list',
    data: structuredClone(data),
    has_more: false,
    url: `/v1/charges/${charge.id}/refunds`,
  };
}

/** A page of a list, newest first, with the filters that are equalities or times. */
export function listOf(books: Books, kind: string, path: string, query: URLSearchParams): unknown {
  const limit = Number(query.get('limit') ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw invalid('This value must be between 1 and 100.', 'limit', 'parameter_invalid_integer');
  let rows = books.all(kind).filter((row) => fits(row, query));
  const after = query.get('starting_after');
  if (after !== null) {
    const at = rows.findIndex(({ id }) => id === after);
    if (at === -1) throw noSuch(kind, after, 'starting_after');
    rows = rows.slice(at + 1);
  }
  const expand = [...query]
    .filter(([name]) => /^expand\[\d*\]$/.test(name))
    .map(([, value]) => value.replace(/^data\./, ''));
  const data = rows.slice(0, limit).map((row) => expanded(books, row, expand));
  return { object: 'list', data, has_more: rows.length > limit, url: path };
}

const filters = ['payment_intent', 'charge', 'customer', 'type', 'status', 'payout', 'source', 'currency'];

function fits(row: StripeObject, query: URLSearchParams): boolean {
  for (const name of filters) {
    const wanted = query.get(name);
    if (wanted !== null && row[name] !== wanted) return false;
  }
  const types = [...query].filter(([name]) => /^types\[\d*\]$/.test(name)).map(([, value]) => value);
  if (types.length > 0 && !types.includes(String(row.type))) return false;
  const created = Number(row.created);
  const bound = (name: string) =>
    query.get(`created[${name}]`) === null ? null : Number(query.get(`created[${name}]`));
  const [gt, gte, lt, lte] = [bound('gt'), bound('gte'), bound('lt'), bound('lte')];
  return (
    (gt === null || created > gt) &&
    (gte === null || created >= gte) &&
    (lt === null || created < lt) &&
    (lte === null || created <= lte)
  );
}

/** `search?query=metadata['top_up']:'…'`, and the same for other fields, joined by AND. */
export function searchFor(books: Books, kind: string, path: string, query: string): unknown {
  const clauses = query.split(/\s+AND\s+/i).map((clause) => {
    const match = /^(?:metadata\[['"]([^'"]+)['"]\]|(\w+)):['"]([^'"]*)['"]$/.exec(clause.trim());
    if (match === null) throw invalid(`We were unable to parse your search query: ${clause}`, 'query');
    return match;
  });
  const data = books
    .all(kind)
    .filter((row) =>
      clauses.every(
        ([, key, field, value]) =>
          (key === undefined ? row[String(field)] : (row.metadata as Record<string, string>)[key]) === value,
      ),
    );
  return {
    object: 'search_result',
    data: structuredClone(data.slice(0, 10)),
    has_more: false,
    next_page: null,
    url: path,
  };
}
