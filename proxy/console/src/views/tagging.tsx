// Giving apps their standing: in force on every worker when it is answered. One of sanctioned, unsanctioned and monitored
// takes the place of the others.

import { useState } from 'preact/hooks';
import { ask } from '../base/api';
import { one } from '../base/format';
import { wordy } from '../base/words';
import { say } from '../parts/toast';

export const STANDINGS = ['sanctioned', 'unsanctioned', 'monitored'] as const;
export type Tag = (typeof STANDINGS)[number];

export interface Tagged { id: string; name: string; tags: readonly string[] }

// `tag` null takes the standing away.
async function change(app: Tagged, tag: Tag | null): Promise<void> {
  const path = `apps/${encodeURIComponent(app.id)}/tags/`;
  for (const former of STANDINGS) {
    // sanctioned and unsanctioned push each other out by themselves.
    const pushed = tag !== null && tag !== 'monitored' && former !== 'monitored';
    if (former !== tag && app.tags.includes(former) && !pushed) await ask(path + former, { method: 'DELETE' });
  }
  if (tag && !app.tags.includes(tag)) await ask(path + tag, { method: 'PUT' });
}

// The ids that were changed; says what was not, and why.
export async function tagApps(apps: readonly Tagged[], tag: Tag | null): Promise<string[]> {
  const done: string[] = [];
  for (const app of apps) {
    try {
      await change(app, tag);
      done.push(app.id);
    } catch (failure) {
      say(`${app.name}: ${failure instanceof Error ? failure.message : failure}`, 'bad');
    }
  }
  const what = apps.length === 1 ? apps[0]!.name : one(done.length, 'app');
  if (done.length > 0) say(tag ? `${what}: ${tag}, in force now` : `${what}: no standing any more`);
  return done;
}

// Buttons for the standing of one app, or of several.
export function StandingButtons({ apps, onDone }: { apps: readonly Tagged[]; onDone: (ids: string[]) => void }) {
  const [busy, setBusy] = useState<string | null>(null);
  const run = async (tag: Tag | null): Promise<void> => {
    setBusy(tag ?? 'none');
    onDone(await tagApps(apps, tag));
    setBusy(null);
  };
  const all = (tag: string): boolean => apps.length > 0 && apps.every(({ tags }) => tags.includes(tag));
  return (
    <div class="actions" role="group" aria-label="Standing">
      {STANDINGS.map((tag) => (
        <button key={tag} type="button" disabled={busy !== null} aria-pressed={all(tag)} class={all(tag) ? `standing ${tag}` : 'standing'}
          onClick={() => void run(all(tag) ? null : tag)}>{busy === tag ? 'Tagging…' : wordy(tag)}</button>
      ))}
      {apps.length > 1 && <button type="button" class="quiet" disabled={busy !== null} onClick={() => void run(null)}>No standing</button>}
    </div>
  );
}
