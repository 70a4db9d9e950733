// What is asked of the gateway: JSON under /api/v1 of the same origin. Who asks is known by the session's cookie; what
// changes something carries the session's token against forged requests.

import { signal } from '@preact/signals';

export interface Session {
  name: string;
  role: string;
  csrf: string;
  must_change: boolean;
  provider?: string; // by which somebody came who has no account here
}

// undefined: not asked yet; null: nobody is signed in.
export const session = signal<Session | null | undefined>(undefined);

// What the gateway, or the way to it, said instead of an answer.
export class Failure extends Error {
  constructor(readonly status: number, readonly title: string, detail: string) {
    super(detail || title);
  }
}

// Of somebody who signed out here and whose session at the provider goes on: where to end that, too.
export const leftOpen = signal<{ provider: string; url: string } | null>(null);

type Query = Record<string, string | number | undefined>;

export function apiPath(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return `/api/v1/${path}${text ? `?${text}` : ''}`;
}

interface Asking {
  method?: string;
  query?: Query;
  body?: unknown; // an object goes as JSON, a text as it is
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export async function ask<T>(path: string, { method = 'GET', query, body, signal, headers: more }: Asking = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...more };
  const changes = method !== 'GET';
  if (changes && session.value?.csrf) headers['X-CSRF-Token'] = session.value.csrf;
  if (body !== undefined) headers['Content-Type'] = typeof body === 'string' ? 'application/yaml' : 'application/json';
  let reply: Response;
  try {
    reply = await fetch(apiPath(path, query), {
      method, headers, signal, credentials: 'same-origin', cache: 'no-store',
      body: body === undefined || typeof body === 'string' ? (body as string | undefined) : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure(0, 'The gateway does not answer', 'It may be stopped, or the way to it is broken.');
  }
  const text = await reply.text();
  let answer: unknown = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    answer = null;
  }
  if (reply.ok) return answer as T;
  // Whoever was signed in is not any more. What is asked at the sign-in itself is its own affair.
  if (reply.status === 401 && !path.startsWith('session')) session.value = null;
  const problem = (answer ?? {}) as { title?: string; detail?: string };
  throw new ProblemFailure(reply.status, problem.title ?? `The gateway said ${reply.status}`, problem.detail ?? '', answer);
}

// A refusal with everything that came along, such as the diagnostics of a policy file.
export class ProblemFailure extends Failure {
  constructor(status: number, title: string, detail: string, readonly answer: unknown) {
    super(status, title, detail);
  }
}

export const isMissing = (failure: unknown): boolean => failure instanceof Failure && failure.status === 404;

// A viewer looks, an analyst handles alerts as well, an operator changes what is in force. The gateway decides; this only
// leaves out what it would refuse.
export const mayHandle = (): boolean => session.value?.role !== 'viewer';
export const mayOperate = (): boolean => !['viewer', 'analyst'].includes(session.value?.role ?? '');
