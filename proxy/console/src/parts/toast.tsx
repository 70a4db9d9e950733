// A line that says what came of an action, read out and gone after a while. What failed stays until it is closed.

import { signal } from '@preact/signals';
import { Icon } from './icons';

interface Line { id: number; text: string; kind: 'good' | 'bad' }
const lines = signal<Line[]>([]);
let last = 0;

const drop = (id: number): void => { lines.value = lines.value.filter((line) => line.id !== id); };

export function say(text: string, kind: Line['kind'] = 'good'): void {
  const id = ++last;
  lines.value = [...lines.value.slice(-3), { id, text, kind }];
  if (kind === 'good') setTimeout(() => drop(id), 5000);
}

// Runs what changes something and says what came of it; true where it was done.
export async function attempt(what: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await what();
    say(done);
    return true;
  } catch (failure) {
    say(failure instanceof Error ? failure.message : String(failure), 'bad');
    return false;
  }
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {lines.value.map((line) => (
        <div key={line.id} class={`toast ${line.kind}`}>
          <Icon name={line.kind === 'good' ? 'check' : 'alerts'} />
          <span>{line.text}</span>
          <button type="button" class="quiet square" aria-label="Close" onClick={() => drop(line.id)}><Icon name="close" /></button>
        </div>
      ))}
    </div>
  );
}
