// Keys that work wherever nobody types: single keys, and two in a row such as "g a". A view says which it knows while it
// is there; the newest one that knows a key gets it.

import { useLayoutEffect, useRef } from 'preact/hooks';

type Keys = Record<string, (event: KeyboardEvent) => void>;
const layers: { current: Keys }[] = [];
let first = '';
let firstAt = 0;

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  && !['checkbox', 'radio', 'button'].includes((target as HTMLInputElement).type);

function named(event: KeyboardEvent): string {
  const held = event.ctrlKey || event.metaKey ? 'ctrl+' : '';
  return held + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  if (document.querySelector('dialog[open]')) return; // What lies under a dialog does not listen.
  const key = named(event);
  if (isTyping(event.target) && key !== 'Escape' && !key.startsWith('ctrl+')) return;
  const pair = first && event.timeStamp - firstAt < 1200 ? `${first} ${key}` : '';
  first = '';
  for (const wanted of [pair, key]) {
    if (!wanted) continue;
    for (let i = layers.length - 1; i >= 0; --i) {
      const act = layers[i]!.current[wanted];
      if (!act) continue;
      event.preventDefault();
      act(event);
      return;
    }
  }
  if (key === 'g') {
    first = key;
    firstAt = event.timeStamp;
  }
});

export function useKeys(keys: Keys): void {
  const layer = useRef(keys);
  layer.current = keys;
  useLayoutEffect(() => {
    layers.push(layer);
    return () => void layers.splice(layers.indexOf(layer), 1);
  }, []);
}
