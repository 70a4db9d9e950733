// The filters above a list. Each stands in the address; what has no control of its own there is shown as a chip.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { place, setQuery } from '../base/router';
import { Icon } from './icons';

// Text that is looked for: in the address once nobody types for a moment, at once with Enter.
export function SearchField({ name, placeholder, label = placeholder, wide = false }: { name: string; placeholder: string; label?: string; wide?: boolean }) {
  const kept = place.value.query.get(name) ?? '';
  const [text, setText] = useState(kept);
  useEffect(() => setText(kept), [kept]);
  useEffect(() => {
    if (text === kept) return undefined;
    const timer = setTimeout(() => setQuery({ [name]: text.trim() }, 'replace'), wide ? 800 : 300);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class={wide ? 'search wide-search' : 'search'}>
      <Icon name="search" size={14} />
      <input type="text" data-filter aria-label={label} placeholder={`${placeholder}  /`} spellcheck={false} autocomplete="off" value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') setQuery({ [name]: text.trim() });
          if (event.key === 'Escape') event.currentTarget.blur();
        }} />
    </div>
  );
}

// Conditions that came by a link or by "add to filter": a click takes one out.
export function Chips({ of }: { of: readonly { name: string; title: string }[] }) {
  const set = of.filter(({ name }) => place.value.query.get(name));
  if (set.length === 0) return null;
  return (
    <>
      {set.map(({ name, title }) => (
        <span key={name} class="chip">{title}: {place.value.query.get(name)}
          <button type="button" class="quiet square" aria-label={`Without ${title}`} onClick={() => setQuery({ [name]: undefined })}>
            <Icon name="close" size={12} /></button></span>
      ))}
    </>
  );
}

export function FilterBar({ children, names }: { children: ComponentChildren; names: readonly string[] }) {
  const set = names.some((name) => place.value.query.get(name));
  return (
    <div class="filters" role="search">
      {children}
      {set && <button type="button" class="quiet" onClick={() => setQuery(Object.fromEntries(names.map((name) => [name, undefined])))}>Clear</button>}
    </div>
  );
}

// A file of what is on the screen, as CSV that spreadsheets read (RFC 4180). A text that would be a formula there stays text.
export function saveCsv(name: string, head: readonly string[], rows: readonly (string | number)[][]): void {
  const cell = (value: string | number): string => {
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const text = [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${text}\r\n`], { type: 'text/csv' }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
