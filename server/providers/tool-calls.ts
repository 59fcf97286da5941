/** A tool call as an answer holds it once its fragments are joined; arguments are JSON as text. */
export interface ToolCall {
  id?: string;
  name?: string;
  arguments: string;
}

interface Fragment {
  /** Place of the call among the calls of the answer. */
  index: number;
  id?: string | null;
  name?: string | null;
  arguments?: string | null;
}

/** Joins a fragment to its call, in place: the first id and name count, arguments grow. */
export function addFragment(calls: ToolCall[], { index, id, name, arguments: more }: Fragment): void {
  if (index < 0 || index >= MOST_CALLS) return;
  // A provider that skips places leaves no holes, which JSON would tell as null.
  while (calls.length <= index) calls.push({ arguments: '' });
  const call = calls[index]!;
  call.id ??= id ?? undefined;
  call.name ??= name ?? undefined;
  call.arguments += more ?? '';
}

const MOST_CALLS = 1024;
