// The way to the organisation's OpenID provider and back. The view that was asked for waits in this tab.

import { ask } from './api';
import { place, href } from './router';

const KEY = 'sallyport-asked-for';

export async function signInAtProvider(): Promise<void> {
  const { url } = await ask<{ url: string }>('session/openid', { method: 'POST' });
  if (place.value.path !== '/signed-in') sessionStorage.setItem(KEY, href(place.value.path, place.value.query));
  location.assign(url);
}

export function askedFor(): string {
  const kept = sessionStorage.getItem(KEY) ?? '';
  sessionStorage.removeItem(KEY);
  return kept.startsWith('/console/') ? kept : href('/');
}
