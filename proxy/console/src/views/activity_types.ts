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
}
