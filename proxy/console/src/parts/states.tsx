// What stands in the place of data: while it is waited for, when there is none, and when it cannot be had.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../base/api';
import { Icon } from './icons';

// Rows of the height that the answer will have, so that nothing jumps when it comes.
export function Waiting({ rows = 8 }: { rows?: number }) {
  // Reports of very much may take seconds when they are asked for the first time: that it goes on is said.
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 3000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="waiting" role="status" aria-label="Loading">
      {long && <p class="waiting-long">The gateway is still counting…</p>}
      {Array.from({ length: rows }, (_, n) => <div key={n} class={`bone w${n % 4}`} />)}
    </div>
  );
}

export function Nothing({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="nothing">
      <p class="nothing-title">{title}</p>
      {children && <p>{children}</p>}
    </div>
  );
}

export function Refused({ failure, again }: { failure: Failure; again?: () => void }) {
  return (
    <div class="refused" role="alert">
      <Icon name="alerts" />
      <div>
        <p class="refused-title">{failure.title}</p>
        {failure.message !== failure.title && <p>{failure.message}</p>}
      </div>
      {again && <button type="button" onClick={again}>Try again</button>}
    </div>
  );
}
