// Light or dark: the system's choice, or the reader's own, which is remembered in this browser.

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'sallyport.theme';

export function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system'; // Storage may be forbidden.
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function keepTheme(theme: Theme): void {
  applyTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds until the page is left.
  }
  dispatchEvent(new Event('themechange')); // Charts draw their colours themselves.
}
