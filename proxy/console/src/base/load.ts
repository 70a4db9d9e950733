// What a view shows is asked for when its question changes. Until the answer is there the former one stays on the screen,
// marked as old, so that nothing jumps.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask, apiPath, type Failure } from './api';

// Who has gone from the screen is signed out after a while: what renews itself stops long before that.
const GONE = 10 * 60_000; // ms without a key or a move
let lastInput = Date.now();
for (const kind of ['pointermove', 'keydown', 'scroll', 'touchstart']) {
  addEventListener(kind, () => { lastInput = Date.now(); }, { passive: true, capture: true });
}

type Query = Record<string, string | number | undefined>;

export interface Loaded<T> {
  value: T | undefined;
  failure: Failure | undefined;
  loading: boolean;
  again: () => void;
}

// `path` null asks nothing. With `every` (milliseconds) it is asked anew while the page is seen.
export function useLoad<T>(path: string | null, query: Query = {}, every = 0): Loaded<T> {
  const [state, setState] = useState<{ value?: T; failure?: Failure; loading: boolean; key: string }>(
    { loading: path !== null, key: '' });
  const [turn, setTurn] = useState(0);
  const key = path === null ? '' : apiPath(path, query);
  const asked = useRef({ path, query });
  asked.current = { path, query };
  const unattended = useRef(false); // asked by the clock: it keeps nobody signed in

  useEffect(() => {
    const { path, query } = asked.current;
    if (path === null) return undefined;
    const stop = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    const headers = unattended.current ? { 'X-Unattended': '1' } : undefined;
    unattended.current = false;
    ask<T>(path, { query, signal: stop.signal, headers }).then(
      (value) => { if (!stop.signal.aborted) setState({ value, loading: false, key }); },
      (failure) => {
        // A failed renewal of the same question keeps what is there; another question's answer would mislead.
        if (!stop.signal.aborted) {
          setState((before) => ({ value: before.key === key ? before.value : undefined, failure, loading: false, key }));
        }
      });
    return () => stop.abort();
  }, [key, turn]);

  useEffect(() => {
    if (every <= 0 || path === null) return undefined;
    const timer = setInterval(() => {
      if (document.hidden || Date.now() - lastInput >= GONE) return;
      unattended.current = true;
      setTurn((n) => n + 1);
    }, every);
    return () => clearInterval(timer);
  }, [every, path === null]);

  const again = useCallback(() => setTurn((n) => n + 1), []);
  return { value: state.value, failure: state.failure, loading: state.loading, again };
}
