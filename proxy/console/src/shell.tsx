// What stands around every view: the side bar, which is a drawer on a phone, the palette and the keys.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ask, leftOpen, mayHandle, session } from './base/api';
import { useKeys } from './base/keys';
import { useLoad } from './base/load';
import { go, href, place } from './base/router';
import { keepTheme, readTheme, type Theme } from './base/theme';
import { viewsOfMine } from './base/views';
import { Icon } from './parts/icons';
import { Link } from './parts/link';
import { KeysHelp, Palette } from './parts/palette';

const isHere = (path: string): boolean =>
  path === '/' ? place.value.path === '/' : place.value.path === path || place.value.path.startsWith(`${path}/`);

const THEMES: Record<Theme, { next: Theme; icon: 'system' | 'sun' | 'moon'; says: string }> = {
  system: { next: 'light', icon: 'system', says: 'Colours: as the system' },
  light: { next: 'dark', icon: 'sun', says: 'Colours: light' },
  dark: { next: 'system', icon: 'moon', says: 'Colours: dark' },
};

function ThemeSwitch() {
  const [theme, setTheme] = useState(readTheme());
  const { next, icon, says } = THEMES[theme];
  return (
    <button type="button" class="quiet square" aria-label={says} title={says}
      onClick={() => { keepTheme(next); setTheme(next); }}><Icon name={icon} /></button>
  );
}

async function leave(): Promise<void> {
  try {
    const { provider = '' } = session.value ?? {};
    const { provider_sign_out: url } = await ask<{ provider_sign_out?: string }>('session', { method: 'DELETE' });
    leftOpen.value = url?.startsWith('http') ? { provider, url } : null;
  } finally {
    session.value = null;
  }
}

function SideBar({ unread }: { unread: number }) {
  const groups = [...new Set(viewsOfMine().map(({ group }) => group))];
  return (
    <nav class="side" aria-label="Views">
      {groups.map((group) => (
        <div key={group} class="side-group">
          <p class="side-title">{group}</p>
          {viewsOfMine().filter((view) => view.group === group).map(({ path, title, icon, key }) => (
            <Link key={path} to={path} class={`side-link${isHere(path) ? ' here' : ''}`}>
              <Icon name={icon} /><span>{title}</span>
              {path === '/alerts' && unread > 0 ? <span class="side-number">{unread > 999 ? '999+' : unread}
                <span class="heard"> unread</span></span> : <kbd class="side-key" aria-hidden="true">g {key}</kbd>}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}

export function Shell({ children }: { children: ComponentChildren }) {
  const [menu, setMenu] = useState(false);
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const unread = useLoad<{ unread: number; newest: string | null }>(mayHandle() ? 'alerts/unread' : null, {}, 30_000);

  useEffect(() => setMenu(false), [place.value]);
  useKeys({
    'ctrl+k': () => setPalette(true),
    '?': () => setHelp(true),
    '/': () => {
      const field = document.querySelector<HTMLInputElement>('[data-filter]');
      field?.focus();
      field?.select();
    },
    ...Object.fromEntries(viewsOfMine().map(({ path, key }) => [`g ${key}`, () => go(href(path))])),
  });

  return (
    <div class={`shell${menu ? ' menu-open' : ''}`}>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>To the content</a>
      <header class="top">
        <button type="button" class="quiet square menu-button" aria-label="Views" aria-expanded={menu}
          onClick={() => setMenu(!menu)}><Icon name={menu ? 'close' : 'menu'} /></button>
        <Link to="/" class="brand"><svg width="18" height="18" viewBox="0 0 16 16" aria-hidden="true">
          <path fill="currentColor" d="M2 15V7a6 6 0 0 1 12 0v8h-4V8a2 2 0 0 0-4 0v7z" /></svg>Sallyport</Link>
        <button type="button" class="palette-button" onClick={() => setPalette(true)}>
          <Icon name="search" /><span>Go to…</span><kbd aria-hidden="true">Ctrl K</kbd></button>
        <Link to="/accounts" class="who">{session.value?.name}</Link>
        <ThemeSwitch />
        <button type="button" class="quiet square" aria-label="Sign out" title="Sign out" onClick={() => void leave()}><Icon name="leave" /></button>
      </header>
      <SideBar unread={unread.value?.unread ?? 0} />
      <div class="content">{children}</div>
      {palette && <Palette onClose={() => setPalette(false)} />}
      {help && <KeysHelp onClose={() => setHelp(false)} />}
    </div>
  );
}
