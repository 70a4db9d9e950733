// What the editor offers: by the schema of policies, and for apps by the catalog.

import { ask } from '../base/api';
import { Completer, type Completion, type Schema } from '../base/complete';

interface CatalogApp { id: string; name: string; category: string }

const MOST = 30;

// Asked for once, when somebody begins to write; null where the gateway has none.
let kept: Promise<Completer | null> | null = null;

export function askForSchema(): Promise<Completer | null> {
  kept ??= ask<Schema>('policies/schema').then((schema) => new Completer(schema), () => null);
  return kept;
}

export async function completePolicy(text: string, at: number, asked: boolean): Promise<Completion | null> {
  const found = (await askForSchema())?.complete(text, at, asked) ?? null;
  if (found?.path.at(-1) !== 'app' || found.word.length < 2) return found;
  try {
    const apps = await ask<CatalogApp[]>('apps', { query: { q: found.word } });
    if (apps.some(({ id }) => id === found.word) && !asked) return null;
    return { ...found, options: [...apps.slice(0, MOST).map(({ id, name, category }) => ({ label: id, insert: id, kind: 'value' as const,
      note: `${name}, ${category.replaceAll('_', ' ')}` })), ...found.options] };
  } catch {
    return found; // Without the catalog the schema still holds.
  }
}
