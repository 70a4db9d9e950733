// Searches that the reader keeps under a name, in this browser.

import { useState } from 'preact/hooks';
import { href, place } from '../base/router';
import { Dialog } from './dialog';
import { Icon } from './icons';
import { say } from './toast';

interface Saved { name: string; query: string }
const MOST = 50;

const keyOf = (view: string): string => `sallyport.saved.${view}`;

function read(view: string): Saved[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(view)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one): one is Saved => typeof one?.name === 'string' && typeof one?.query === 'string') : [];
  } catch {
    return [];
  }
}

function keep(view: string, saved: readonly Saved[]): void {
  try {
    localStorage.setItem(keyOf(view), JSON.stringify(saved));
  } catch {
    say('This browser does not let the console keep anything', 'bad');
  }
}

export function SavedSearches({ view, names }: { view: string; names: readonly string[] }) {
  const [open, setOpen] = useState(false);
  const [saved, setSaved] = useState(() => read(view));
  const [name, setName] = useState('');
  const now = new URLSearchParams([...place.value.query].filter(([key]) => names.includes(key) || key === 'range'));
  const change = (next: Saved[]): void => {
    setSaved(next);
    keep(view, next);
  };
  return (
    <>
      <button type="button" class="quiet" onClick={() => setOpen(true)}>Saved{saved.length > 0 && ` (${saved.length})`}</button>
      {open && (
        <Dialog title="Saved searches" onClose={() => setOpen(false)}>
          {saved.length === 0 ? <p class="none">None is saved in this browser yet.</p> : (
            <ul class="saved">{saved.map((one) => (
              <li key={one.name}><a href={href(`/${view}`, new URLSearchParams(one.query))} onClick={() => setOpen(false)}>{one.name}</a>
                <span class="none mono">{one.query ? decodeURIComponent(one.query.replaceAll('+', ' ')) : 'everything'}</span>
                <button type="button" class="quiet square" aria-label={`Forget ${one.name}`} onClick={() => change(saved.filter((other) => other !== one))}><Icon name="close" size={12} /></button></li>
            ))}</ul>
          )}
          <form class="row-form" onSubmit={(event) => {
            event.preventDefault();
            if (!name.trim()) return;
            change([...saved.filter((one) => one.name !== name.trim()), { name: name.trim(), query: now.toString() }].slice(-MOST));
            setName('');
          }}>
            <label class="field grow"><span>Save what is shown now as</span><input type="text" maxLength={80} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
            <button type="submit" disabled={!name.trim()}>Save</button>
          </form>
        </Dialog>
      )}
    </>
  );
}
