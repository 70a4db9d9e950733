// What /api/v1/activities answers with: the rows of `sallyport activities --format json`.

export interface ActivityRow {
  id: string;
  time: string;
  kind: string;
  user?: string;
  client?: string;
  app?: string;
  app_name?: string;
  host?: string;
  method?: string;
  path?: string;
  type?: string;
  action: string;
  policy?: string;
  status?: number;
  bytes_in: number;
  bytes_out: number;
  ending: string;
  duration_us?: number;
  missing?: number; // of a line of the live view where some are missing
}

export interface Place { ip?: string; port?: number; category?: string; range?: string; tags?: string[]; country?: string; asn?: number; isp?: string }

// A whole record (discovery/events/encode.h); what is not known is absent.
export interface EventRecord {
  id: string; kind: string; time: string; duration_us?: number; snapshot?: string; connection_id?: string; community_id?: string;
  user?: string; user_source?: string; groups?: string[]; client?: Place; destination?: Place; device_tags?: string[];
  scheme?: string; host?: string; domain?: string; host_kind?: string; host_tags?: string[]; port?: number; method?: string; path?: string; query?: string;
  user_agent?: string; agent?: { app?: string; device?: string; browser?: string; browser_version?: string; os?: string; os_version?: string; tags?: string[] };
  app?: { id: string; name: string; category?: string; tags?: string[]; risk_score?: number; known_by?: string };
  type?: string; admin?: boolean; file?: FileFacts; details?: Record<string, unknown>; status?: number; media_type?: string;
  action: string; policy?: string; policy_id?: string; point?: string; say?: string; suspension?: string;
  matched?: { id: string; name: string; rehearsed?: boolean }[]; rehearsed?: { policy: string; action: string }[];
  ending: string; error?: string; intercepted?: boolean; bytes_in: number; bytes_out: number;
  tls?: Record<string, string>; websocket?: Record<string, unknown>;
  activities?: { type: string; action: string; file?: FileFacts; details?: Record<string, unknown> }[];
}

export interface FileFacts { name?: string; extension?: string; type?: string; size?: number; sniffed_type?: string; family?: string; sha256?: string; scan_status?: string; name_tags?: string[] }
