// Where the reader is. The address bar holds all of it: a view's path and, behind the '?', its filters. So a link shows
// what its sender saw, and Back goes one step back.

import { computed, signal } from '@preact/signals';

const BASE = '/console';

export interface Place {
  path: string; // '/apps/box', without /console
  query: URLSearchParams;
}

function read({ pathname, search }: { pathname: string; search: string } = location): Place {
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : '/';
  return { path: path.replace(/\/+$/, '') || '/', query: new URLSearchParams(search) };
}

export const place = signal<Place>(read());
export const segments = computed(() => place.value.path.split('/').filter(Boolean).map(decodeURIComponent));

// What somebody has written and not saved would be lost on another page: they are asked first.
const GUARDS: (() => boolean)[] = [];

export function guardLeaving(unsaved: () => boolean): () => void {
  GUARDS.push(unsaved);
  return () => void GUARDS.splice(GUARDS.indexOf(unsaved), 1);
}

const mayLeave = (to: Place): boolean =>
  to.path === place.value.path || !GUARDS.some((unsaved) => unsaved()) || confirm('What you have written is not saved. Leave it?');

addEventListener('popstate', () => {
  const to = read();
  if (mayLeave(to)) place.value = to;
  else history.pushState(null, '', href(place.value.path, place.value.query));
});

export function href(path: string, query?: Record<string, string | undefined> | URLSearchParams): string {
  const params = query instanceof URLSearchParams ? query : new URLSearchParams();
  if (query && !(query instanceof URLSearchParams)) {
    for (const [name, value] of Object.entries(query)) if (value) params.set(name, value);
  }
  const text = params.toString();
  return BASE + (path === '/' ? '/' : path) + (text ? `?${text}` : '');
}

// The same without /console, as `to` of bars and links wants it.
export const inside = (path: string, query: Record<string, string | undefined>): string => href(path, query).slice(BASE.length);

export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (to === location.pathname + location.search) return;
  if (!mayLeave(read(new URL(to, location.href)))) return;
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  const before = place.value.path;
  place.value = read();
  if (place.value.path !== before) scrollTo(0, 0);
}

// Other values of the query of this view; '' or undefined takes one out. Replaces while somebody types.
export function setQuery(changes: Record<string, string | undefined>, how: 'push' | 'replace' = 'push'): void {
  const query = new URLSearchParams(place.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  go(href(place.value.path, query), how);
}

// Links within the console change the view; those that want another tab or another site are the browser's.
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.('a');
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (!link.pathname.startsWith(`${BASE}/`)) return;
  event.preventDefault();
  go(link.pathname + link.search);
}
