/** What a person is writing, kept for this tab: `chat`, `chat.<id>`, `image` and so on. */
const key = (name: string) => `mluen.draft.${name}`;

/** The draft, or an empty text. */
export function readDraft(name: string): string {
  try {
    return sessionStorage.getItem(key(name)) ?? '';
  } catch {
    return ''; // storage is closed to us
  }
}

/** Keeps the draft; an empty text removes it. */
export function writeDraft(name: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(key(name));
    else sessionStorage.setItem(key(name), text);
  } catch {
    // Storage is closed to us: the text lives as long as the field.
  }
}
