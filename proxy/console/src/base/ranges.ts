// The span of time that a view is about, in its address as ?range=; 30 days where nothing is said.

import { place } from './router';

export const RANGES = [
  { value: '7d', title: '7 days' }, { value: '30d', title: '30 days' }, { value: '90d', title: '90 days' },
  { value: '365d', title: '1 year' },
] as const;

export function readRange(usual = '30d'): string {
  const range = place.value.query.get('range') ?? usual;
  return /^\d{1,4}[hd]$/.test(range) ? range : usual;
}
