// The views in the order of the side bar, with the key that goes there after "g".

import type { IconName } from '../parts/icons';

export interface ViewEntry { path: string; title: string; icon: IconName; key: string; group: string }

export const VIEWS: readonly ViewEntry[] = [
  { path: '/', title: 'Discovery', icon: 'discover', key: 'd', group: 'Investigate' },
  { path: '/apps', title: 'Apps', icon: 'apps', key: 'p', group: 'Investigate' },
  { path: '/activities', title: 'Activity log', icon: 'activities', key: 'l', group: 'Investigate' },
  { path: '/files', title: 'Files', icon: 'files', key: 'f', group: 'Investigate' },
  { path: '/users', title: 'Identities', icon: 'identities', key: 'i', group: 'Investigate' },
  { path: '/alerts', title: 'Alerts', icon: 'alerts', key: 'a', group: 'Respond' },
  { path: '/governance', title: 'Governance log', icon: 'governance', key: 'o', group: 'Respond' },
  { path: '/policies', title: 'Policies', icon: 'policies', key: 'r', group: 'Control' },
  { path: '/networks', title: 'Feeds, addresses', icon: 'networks', key: 'n', group: 'Control' },
  { path: '/gateway', title: 'Gateway', icon: 'gateway', key: 'w', group: 'Control' },
];
