/** A form body with brackets as Stripe takes it, such as `line_items[0][price_data][currency]=usd`. */
export type Form = { [name: string]: string | Form | (string | Form)[] };

export function formOf(text: string): Form {
  const root: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.replaceAll(']', '').split('[');
    put(root, path, value);
  }
  return withLists(root) as Form;
}

function put(into: Form, path: string[], value: string): void {
  let node = into;
  for (const part of path.slice(0, -1)) {
    const next = node[part];
    if (typeof next === 'object' && !Array.isArray(next)) node = next;
    else {
      const made: Form = {};
      node[part] = made;
      node = made;
    }
  }
  const last = path.at(-1) as string;
  // `expand[]=a&expand[]=b` has no numbers: each is one more.
  node[last === '' ? String(Object.keys(node).length) : last] = value;
}

function withLists(node: string | Form): string | Form | (string | Form)[] {
  if (typeof node === 'string') return node;
  const entries = Object.entries(node).map(
    ([name, value]) => [name, withLists(value as string | Form)] as const,
  );
  const isList = entries.length > 0 && entries.every(([name], at) => name === String(at));
  return isList ? entries.map(([, value]) => value as string | Form) : (Object.fromEntries(entries) as Form);
}

export function textAt(form: Form, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' ? value : undefined;
}

export function formAt(form: Form, name: string): Form | undefined {
  const value = form[name];
  return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
}

export function listAt(form: Form, name: string): (string | Form)[] {
  const value = form[name];
  return Array.isArray(value) ? value : [];
}
