// A policy on its way from a search into the editor. It is kept in memory alone: what persons did does not go into addresses.

let kept: { file: string; text: string } | null = null;

export function keepDraft(file: string, text: string): void { kept = { file, text }; }

// It is handed out once: who comes back later finds the file as it is.
export function takeDraft(file: string): string | undefined {
  if (kept?.file !== file) return undefined;
  const { text } = kept;
  kept = null;
  return text;
}

// Where it goes when no file is chosen.
export const NEW_FILE = 'from-search.yaml';

// What was written and not saved when a session ended: it is there again after the same person's sign-in, in the
// same file.
let unsaved: { who: string; file: string; text: string } | null = null;

export function keepUnsaved(who: string, file: string, text: string): void { unsaved = { who, file, text }; }

export function takeUnsaved(who: string, file: string): string | undefined {
  if (unsaved?.file !== file || unsaved.who !== who) return undefined;
  const { text } = unsaved;
  unsaved = null;
  return text;
}
