// What /api/v1/policies, policies/matches and alert-days answer with.

export interface Policy { order: number; id: string; name: string; kind: string; then?: string; mode: string; severity: string; category: string; owner?: string;
  starts?: string; expires?: string; file: string; line: number }
export interface PolicyFile { file: string; etag: string; bytes: number; policies: number; tests?: string }
export interface Matches { since: string; until: string; policies: { name: string; days: { day: string; count: number }[]; total: number }[] }
export interface AlertDay { policy_id: string; day: string; raised: number; suppressed: number }

// These decide nothing: what they come to are alerts.
export const isReport = ({ kind }: Policy): boolean => ['activity', 'detection', 'app_discovery'].includes(kind);
