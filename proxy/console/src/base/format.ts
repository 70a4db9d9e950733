// Numbers with their units and times in the reader's zone.

const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (value: number | undefined): string => (value === undefined ? '–' : whole.format(value));
export const compact = (value: number): string => (Math.abs(value) < 10_000 ? whole.format(value) : short.format(value));

export function bytes(value: number | undefined): string {
  if (value === undefined) return '–';
  if (value < 1000) return `${value} B`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let scaled = value / 1000;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    ++unit;
  }
  return `${scaled < 9.995 ? scaled.toFixed(2) : scaled < 99.95 ? scaled.toFixed(1) : scaled.toFixed(0)} ${units[unit]}`;
}

export const percent = (share: number): string =>
  share > 0 && share < 0.01 ? '<1 %' : share < 1 && share > 0.99 ? '>99 %' : `${Math.round(share * 100)} %`;

export const one = (n: number, word: string, many = `${word}s`): string => `${count(n)} ${n === 1 ? word : many}`;

const two = (n: number): string => String(n).padStart(2, '0');

// 2026-11-27
export const day = (at: Date): string => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
// 2026-11-27 21:04
export const minute = (at: Date): string => `${day(at)} ${two(at.getHours())}:${two(at.getMinutes())}`;
// 2026-11-27 21:04:09
export const second = (at: Date): string => `${minute(at)}:${two(at.getSeconds())}`;
export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const SPANS: [number, string][] = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];

// "3 h", "2 d"
export function span(seconds: number): string {
  for (const [size, unit] of SPANS) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  return '0 s';
}

export function ago(at: Date, now = Date.now()): string {
  const seconds = (now - at.getTime()) / 1000;
  return seconds < 5 ? 'now' : seconds < 0 ? `in ${span(-seconds)}` : `${span(seconds)} ago`;
}

export function microseconds(value: number): string {
  if (value < 1000) return `${value} µs`;
  if (value < 1e6) return `${(value / 1000).toFixed(value < 1e4 ? 1 : 0)} ms`;
  return `${(value / 1e6).toFixed(1)} s`;
}
