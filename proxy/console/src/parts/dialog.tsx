// What is asked or shown above a view: a dialog in the middle, or a drawer at the side. Escape closes it, and the focus goes
// back to where it was.

import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useKeys } from '../base/keys';
import { Icon } from './icons';

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  foot?: ComponentChildren;
  bare?: boolean; // without a head
}

export function Dialog({ title, onClose, children, foot, bare = false }: Props) {
  const frame = useRef<HTMLDialogElement>(null);
  // At once, not after the next frame: what is typed meanwhile belongs to it.
  useLayoutEffect(() => {
    const before = document.activeElement;
    frame.current?.showModal();
    return () => { if (before instanceof HTMLElement) before.focus(); };
  }, []);
  return (
    <dialog ref={frame} class={`dialog${bare ? ' bare' : ''}`} aria-label={title}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onMouseDown={(event) => { if (event.target === frame.current) onClose(); }}>
      <div class="dialog-body">
        {!bare && <header class="dialog-head"><h2>{title}</h2>
          <button type="button" class="quiet square" aria-label="Close" onClick={onClose}><Icon name="close" /></button></header>}
        {children}
        {foot && <footer class="dialog-foot">{foot}</footer>}
      </div>
    </dialog>
  );
}

// Beside the list, which stays usable: j and k go on while it is open.
export function Drawer({ title, onClose, children, tools, wide = false }: {
  title: string; onClose: () => void; children: ComponentChildren; tools?: ComponentChildren; wide?: boolean;
}) {
  const frame = useRef<HTMLElement>(null);
  useKeys({ Escape: onClose });
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      // Who has gone on to another field in the meantime keeps it.
      const lost = document.activeElement === document.body || document.activeElement === null;
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <aside ref={frame} class={`drawer${wide ? ' wide' : ''}`} aria-label={title} tabIndex={-1}>
      <header class="drawer-head"><h2>{title}</h2>{tools}
        <button type="button" class="quiet square" aria-label="Close" title="Close (Esc)" onClick={onClose}><Icon name="close" /></button></header>
      <div class="drawer-body">{children}</div>
    </aside>
  );
}
