// What /api/v1/alerts answers with.

export interface AlertStep { step?: string; kind?: string; who: string; at: string; as?: string; reason?: string; text?: string; to?: string; assignee?: string; resolution?: string }

export interface Alert {
  id: string;
  time: string;
  policy_id: string;
  policy: string;
  kind: string;
  severity: string;
  category: string;
  user: string;
  client?: string;
  app?: string;
  app_name?: string;
  host?: string;
  count: number;
  events: string[];
  text: string;
  read: boolean;
  resolution: string;
  reason?: string;
  assignee?: string;
  comments: number;
  history?: AlertStep[];
}
