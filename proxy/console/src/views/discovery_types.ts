// What /api/v1/discovery/... answers with (discovery/usage/report_json.h).

export interface Use {
  transactions: number;
  sent: number;
  received: number;
  uploads: number;
  upload_bytes: number;
  downloads?: number;
  blocked?: number;
}

export interface AppRow extends Use {
  app?: string; // absent for a domain of no app
  domain?: string;
  name?: string;
  category?: string;
  risk_score?: number;
  tags?: string[];
  users: number;
  addresses: number;
  first_seen: string;
  last_seen: string;
}

export interface DayRow extends Use { day: string; users: number; apps?: number }

export interface Report { since: string; until: string; uncounted_events: number; beyond_limits: number }

export interface Dashboard extends Report, Use {
  apps: number;
  domains: number;
  users: number;
  addresses: number;
  devices: number;
  download_bytes: number;
  asked: number;
  standings: (Use & { standing: string; apps: number })[];
  categories: (Use & {
    category: string; apps: number; sanctioned: number; unsanctioned: number; users: number; addresses: number;
    sanctioned_bytes: number; unsanctioned_bytes: number; other_bytes: number;
  })[];
  risk_levels: (Use & { risk: string; apps: number })[];
  top_apps: AppRow[];
  top_users?: (Use & { user: string; groups?: string[]; apps: number })[];
  top_addresses?: (Use & { address: string; apps: number; users: number })[];
  top_countries: (Use & { country: string; apps: number; users: number })[];
  headquarters: (Use & { country: string; apps: number })[];
  beside_apps: (Use & { kind: string; domains?: number })[];
  days: DayRow[];
  hours: (Use & { hour: number })[];
}

export interface Alternatives extends Report {
  alternatives: { app: string; name: string; category: string; risk_score?: number; users: number; sent: number;
    upload_bytes: number; alternatives: string[] }[];
}

export interface Leakage extends Report {
  leakage: { category: string; leaked_bytes: number; unsanctioned_bytes: number; other_bytes: number;
    sanctioned_bytes: number; uploads: number; apps: string[] }[];
}

export const idOfApp = (row: { app?: string; domain?: string; name?: string }): string => row.app ?? row.domain ?? row.name ?? '';
export const nameOfApp = (row: { app?: string; domain?: string; name?: string }): string => row.name ?? idOfApp(row);
