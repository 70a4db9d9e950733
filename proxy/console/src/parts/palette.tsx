// Ctrl-K: go to a view, an app or somebody by a few letters.

import { useEffect, useState } from 'preact/hooks';
import { mayHandle } from '../base/api';
import { useLoad } from '../base/load';
import { go, href } from '../base/router';
import { viewsOfMine } from '../base/views';
import { Dialog } from './dialog';
import { Icon, type IconName } from './icons';

interface Entry { id: string; title: string; note: string; icon: IconName; to: string }
interface CatalogApp { id: string; name: string; category: string }
interface SeenUser { user: string; groups?: string[] }

const MOST = 8;

function useWords(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 120); // Not at every letter.
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function entriesOf(text: string, apps: CatalogApp[], users: SeenUser[]): Entry[] {
  const words = text.trim().toLowerCase();
  const views = viewsOfMine().filter(({ title }) => title.toLowerCase().includes(words))
    .map(({ path, title, icon, key }): Entry => ({ id: path, title, note: `g ${key}`, icon, to: href(path) }));
  if (words === '') return views;
  const people = users.filter(({ user }) => user.toLowerCase().includes(words)).slice(0, MOST)
    .map(({ user, groups }): Entry => ({ id: `u:${user}`, title: user, note: (groups ?? []).join(', '), icon: 'identities',
      to: href(`/users/${encodeURIComponent(user)}`) }));
  const known = apps.slice(0, MOST).map(({ id, name, category }): Entry => ({ id: `a:${id}`, title: name,
    note: category.replaceAll('_', ' '), icon: 'apps', to: href(`/apps/${encodeURIComponent(id)}`) }));
  const log: Entry[] = text.trim().length < 2 || !mayHandle() ? [] : [{ id: 'log', title: `Search the activity log for “${text.trim()}”`, note: '', icon: 'search',
    to: href('/activities', { q: text.trim() }) }];
  // An id of an event, as it stands on pages that block.
  const event: Entry[] = /^[0-9a-hjkmnp-tv-z]{26}$/i.test(words)
    ? [{ id: 'event', title: 'Open this activity', note: text.trim().toUpperCase(), icon: 'activities',
        to: href('/activities', { id: text.trim().toUpperCase(), range: '90d' }) }] : [];
  return [...event, ...views, ...known, ...people, ...log];
}

export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const words = useWords(text.trim());
  const apps = useLoad<CatalogApp[]>(words ? 'apps' : null, { q: words });
  // Asked for once somebody types: each such look at people is recorded.
  const users = useLoad<{ users: SeenUser[] }>(mayHandle() && words.length > 1 ? 'users-seen' : null, { limit: 1000 });
  const entries = entriesOf(text, words ? apps.value ?? [] : [], users.value?.users ?? []);
  const here = Math.min(at, entries.length - 1);

  const open = (entry: Entry | undefined): void => {
    if (!entry) return;
    onClose();
    go(entry.to);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt(Math.min(here + 1, entries.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(here - 1, 0));
    else if (event.key === 'Enter') open(entries[here]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to" onClose={onClose} bare>
      <div class="palette">
        <input type="text" class="palette-field" aria-label="View, app, person or reference" autoFocus autocomplete="off" spellcheck={false}
          placeholder="View, app, person or reference" role="combobox" aria-expanded="true" aria-controls="palette-list"
          aria-activedescendant={entries[here] ? `palette-${here}` : undefined} value={text}
          onInput={(event) => { setText(event.currentTarget.value); setAt(0); }} onKeyDown={onKey} />
        <ul class="palette-list" id="palette-list" role="listbox" aria-label="Places">
          {entries.map((entry, n) => (
            <li key={entry.id} id={`palette-${n}`} role="option" aria-selected={n === here} class={n === here ? 'at' : ''}
              onMouseMove={() => setAt(n)} onClick={() => open(entry)}>
              <Icon name={entry.icon} /><span>{entry.title}</span><span class="palette-note">{entry.note}</span>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

const keys = (): [string, string][] => [
  ['Ctrl K', 'Go to a view, an app, a person, or an activity by its reference'], ['/', 'To the filter of this view'],
  ['j  k', 'Next and previous row'], ['Enter', 'Open the row'], ['x', 'Choose the row, for tagging or closing several'],
  ['Esc', 'Close what is open'], ['?', 'These keys'],
  ...viewsOfMine().map(({ key, title }): [string, string] => [`g ${key}`, title]),
];

export function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="keys">{keys().map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
    </Dialog>
  );
}
