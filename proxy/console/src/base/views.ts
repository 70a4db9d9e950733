// The views in the order of the side bar, with the key that goes there after "g".

import type { IconName } from '../parts/icons';
import { mayHandle } from './api';

export interface ViewEntry {
  path: string; title: string; icon: IconName; key: string; group: string;
  persons?: true; // it shows what persons did: not for viewers
}

export const VIEWS: readonly ViewEntry[] = [
  { path: '/', title: 'Discovery', icon: 'discover', key: 'd', group: 'Investigate' },
  { path: '/apps', title: 'Apps', icon: 'apps', key: 'p', group: 'Investigate' },
  { path: '/activities', persons: true, title: 'Activity log', icon: 'activities', key: 'l', group: 'Investigate' },
  { path: '/files', persons: true, title: 'Files', icon: 'files', key: 'f', group: 'Investigate' },
  { path: '/users', persons: true, title: 'Identities', icon: 'identities', key: 'i', group: 'Investigate' },
  { path: '/alerts', persons: true, title: 'Alerts', icon: 'alerts', key: 'a', group: 'Respond' },
  { path: '/governance', persons: true, title: 'Governance log', icon: 'governance', key: 'o', group: 'Respond' },
  { path: '/policies', title: 'Policies', icon: 'policies', key: 'r', group: 'Control' },
  { path: '/networks', title: 'IP ranges', icon: 'networks', key: 'n', group: 'Control' },
  { path: '/gateway', title: 'Gateway', icon: 'gateway', key: 'w', group: 'Control' },
  { path: '/accounts', title: 'Accounts', icon: 'key', key: 'c', group: 'Control' },
];

export const viewsOfMine = (): readonly ViewEntry[] => VIEWS.filter(({ persons }) => !persons || mayHandle());
