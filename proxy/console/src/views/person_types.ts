// What /api/v1/users/NAME answers with.

import type { Alert } from './alert_types';

export interface SeenIn { first_seen: string; last_seen: string; activities: number }

export interface Person {
  user: string; listed: boolean; names: string[]; domain?: string; groups: string[]; manager?: string; suspended: string[];
  links?: { name: string; url: string }[]; // templates of the operator's, filled in
  last_logon?: string; // a day, as the directory says
  first_seen?: string; last_seen?: string; activities: number; stopped: number; bytes_in: number; bytes_out: number; logins: number; failed_logins: number;
  alerts: Alert[];
  apps: (SeenIn & { app: string; name?: string; category?: string; uploads: number; downloads: number; shares: number; admin: number; stopped: number;
    bytes_in: number; bytes_out: number; instances: string[]; accounts: string[] })[];
  addresses: (SeenIn & { address: string; category?: string; country?: string; isp?: string })[];
  countries: (SeenIn & { country: string })[];
  devices: (SeenIn & { device: string })[];
}
