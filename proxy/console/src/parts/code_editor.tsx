// A text with numbered lines, marks beside them, and what could stand at the place where somebody writes: while typing and
// by Ctrl-Space. Up and Down choose, Tab takes (Enter does where one was chosen or asked for), Escape closes. Tab moves on
// while nothing is offered, so the keyboard is not caught.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import { WORD, type Completion, type Option } from '../base/complete';

const LINE = 20; // px, as the sheet has it
const PADDING = { left: 12, top: 8 };
const SHOWN = 8;

export interface Place { line: number; column?: number; length?: number }

interface Props {
  label: string;
  text: string;
  onChange: (text: string) => void;
  readOnly: boolean;
  marks: ReadonlyMap<number, string | undefined>; // by line
  complete?: (text: string, at: number, asked: boolean) => Completion | null | Promise<Completion | null>;
  onEnter?: () => void; // somebody begins to write
  goTo?: RefObject<((place: Place) => void) | null>; // is given what moves to a place
}

function useCharWidth(area: RefObject<HTMLTextAreaElement | null>): () => number {
  const width = useRef(0);
  return () => {
    if (width.current === 0 && area.current) {
      const pen = document.createElement('canvas').getContext('2d');
      if (pen) {
        pen.font = getComputedStyle(area.current).font;
        width.current = pen.measureText('0'.repeat(100)).width / 100;
      }
    }
    return width.current || 8;
  };
}

export function CodeEditor({ label, text, onChange, readOnly, marks, complete, onEnter, goTo }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const [offer, setOffer] = useState<Completion | null>(null);
  const [at, setAt] = useState(0);
  const [meant, setMeant] = useState(false); // chosen or asked for, so Enter takes it
  const turn = useRef(0);
  const charWidth = useCharWidth(area);
  const lines = useMemo(() => text.split('\n').length, [text]);

  if (goTo) {
    goTo.current = ({ line, column = 1, length = 0 }) => {
      const field = area.current;
      if (!field || line < 1) return;
      const start = field.value.split('\n').slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + Math.max(column - 1, 0);
      field.focus();
      field.setSelectionRange(start, start + length);
      field.scrollTop = Math.max(0, (line - 6) * LINE);
    };
  }

  const close = (): void => { ++turn.current; setOffer(null); };
  const look = async (asked: boolean): Promise<void> => {
    const field = area.current;
    if (!field || !complete || readOnly || field.selectionStart !== field.selectionEnd) return close();
    const mine = ++turn.current;
    const found = await complete(field.value, field.selectionStart, asked);
    if (mine !== turn.current) return undefined;
    setOffer(found && found.options.length > 0 ? found : null);
    setAt(0);
    setMeant(asked);
    return undefined;
  };

  // As if it were typed: what was there before comes back by Ctrl-Z.
  const write = (from: number, to: number, insert: string): void => {
    const field = area.current!;
    field.focus();
    field.setSelectionRange(from, to);
    if (!document.execCommand('insertText', false, insert)) {
      field.setRangeText(insert, from, to, 'end');
      onChange(field.value);
    }
  };
  const take = (option: Option): void => {
    const field = area.current;
    if (!offer || !field) return;
    // Letters may have come since it was offered.
    const { from } = offer;
    let to = field.selectionStart;
    while (WORD.test(field.value[to] ?? '')) ++to;
    close();
    if (from > to || [...field.value.slice(from, to)].some((letter) => !WORD.test(letter))) return;
    // Behind a key there is mostly a colon already.
    const rest = field.value.slice(to);
    write(from, to, option.kind === 'key' && /^\s*:/.test(rest) ? option.label : option.insert);
    if (option.kind === 'key') void look(false);
  };

  const onKey = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key === ' ') {
      event.preventDefault();
      void look(true);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (offer) {
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: SHOWN, PageUp: -SHOWN }[event.key];
      if (step) {
        event.preventDefault();
        setAt(Math.max(0, Math.min(offer.options.length - 1, at + step)));
        setMeant(true);
        return;
      }
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        close();
        return;
      }
      if ((event.key === 'Tab' && !event.shiftKey) || (event.key === 'Enter' && meant)) {
        event.preventDefault();
        take(offer.options[at]!);
        return;
      }
      if (['ArrowLeft', 'ArrowRight', 'Home', 'End', 'Enter'].includes(event.key)) close();
    }
    if (event.key === 'Enter' && !readOnly && !event.shiftKey) {
      // The next line begins where this one does, a step deeper behind a colon.
      const field = area.current!;
      const before = field.value.slice(field.value.lastIndexOf('\n', field.selectionStart - 1) + 1, field.selectionStart);
      const [, space = '', dash = ''] = /^( *)(- +)?/.exec(before) ?? [];
      event.preventDefault();
      write(field.selectionStart, field.selectionEnd, `\n${space}${' '.repeat(dash.length)}${/:\s*$/.test(before) ? '  ' : ''}`);
    }
  };

  // Where the word begins; what has been scrolled out of sight is closed.
  const put = (): void => {
    const field = area.current;
    const box = popup.current;
    if (!field || !box || !offer) return;
    const start = field.value.lastIndexOf('\n', offer.from - 1) + 1;
    const line = field.value.slice(0, start).split('\n').length - 1;
    const left = field.offsetLeft + PADDING.left + (offer.from - start) * charWidth() - field.scrollLeft;
    const top = PADDING.top + (line + 1) * LINE - field.scrollTop;
    if (top < 0 || top > field.clientHeight + LINE) return close();
    const room = field.parentElement!.clientWidth - box.offsetWidth - 8;
    const under = top + box.offsetHeight <= field.clientHeight;
    box.style.left = `${Math.max(0, Math.min(left, room))}px`;
    box.style.top = `${under || top - LINE < box.offsetHeight ? top : top - LINE - box.offsetHeight}px`;
  };
  useLayoutEffect(put, [offer]);
  useEffect(() => { popup.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }); }, [at, offer]);

  const chosen = offer?.options[at];
  const about = offer && chosen ? offer.aboutOf(chosen) : '';
  return (
    <div class="editor">
      <div class="editor-gutter" ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, n) => <div key={n} class={marks.get(n + 1)}>{n + 1}</div>)}
      </div>
      <textarea ref={area} class="editor-text" aria-label={label} aria-autocomplete={complete ? 'list' : undefined} aria-controls={offer ? 'editor-offer' : undefined}
        aria-activedescendant={offer ? `editor-offer-${at}` : undefined} value={text} spellcheck={false} autocomplete="off" autocapitalize="off" wrap="off" readOnly={readOnly}
        onInput={(event) => {
          onChange(event.currentTarget.value);
          const { inputType } = event as unknown as InputEvent;
          if (inputType === 'insertText' || (offer && inputType === 'deleteContentBackward')) void look(false);
          else close();
        }}
        onKeyDown={onKey} onFocus={onEnter} onBlur={(event) => { if (!popup.current?.contains(event.relatedTarget as Node | null)) close(); }} onPointerDown={close}
        onScroll={(event) => { if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop; put(); }} />
      {offer && (
        <div class="offer" ref={popup}>
          <ul id="editor-offer" role="listbox" aria-label="What could stand here">
            {offer.options.map((option, n) => (
              <li key={option.label} id={`editor-offer-${n}`} role="option" aria-selected={n === at} class={n === at ? 'at' : ''}
                onPointerDown={(event) => { event.preventDefault(); take(option); }}>{option.label}</li>))}
          </ul>
          {about && <p class="offer-about">{about}</p>}
        </div>
      )}
      <div class="heard" role="status" aria-live="polite">{offer && chosen ? `${chosen.label}, ${at + 1} of ${offer.options.length}. ${about}` : ''}</div>
    </div>
  );
}
