// Rows to look through: sorted by a heading, walked by j and k, opened by Enter, chosen by x. A view that has two tables
// lets only one of them have the keys.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../base/keys';

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ComponentChildren;
  number?: boolean; // to the right, in tabular figures
  least?: 'widest' | 'wide' | 'middle'; // left out on narrower screens
  grow?: boolean;
  fold?: boolean; // goes over several lines on a phone
  sort?: (row: Row) => number | string; // sorts what is here
}

interface Props<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  idOf: (row: Row) => string;
  onOpen?: (row: Row) => void;
  current?: string; // the row that a drawer shows
  chosen?: ReadonlySet<string>;
  onChoose?: (chosen: ReadonlySet<string>) => void;
  keys?: boolean;
  stale?: boolean;
  classOf?: (row: Row) => string;
  sorted?: { key: string; onSort: (key: string) => void; by: readonly string[] }; // sorted by the gateway
}

const FIRST = 50; // rows that fill a window: they are seen before the rest is drawn

// Rows that are drawn now, how many there are, and what draws more: a browser is slow with thousands.
export function useSome<Row>(rows: readonly Row[], step = 200): [readonly Row[], number, () => void] {
  const [most, setMost] = useState(FIRST);
  useEffect(() => {
    if (rows.length <= FIRST) return setMost(step);
    setMost(FIRST);
    const timer = setTimeout(() => setMost(step), 60);
    return () => clearTimeout(timer);
  }, [rows]);
  return [rows.slice(0, most), rows.length, () => setMost(most + step)];
}

// What is wider than its place can be moved by keys: it gets the focus where nothing in it does.
function useReach(): { current: HTMLDivElement | null } {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const look = (): void => {
      const reached = [...element.querySelectorAll<HTMLElement>('a, button, input, select')].some((inner) => inner.offsetParent);
      if (element.scrollWidth > element.clientWidth && !reached) element.tabIndex = 0;
      else element.removeAttribute('tabindex');
    };
    const watch = new ResizeObserver(look);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return frame;
}

export function Table<Row>(props: Props<Row>) {
  const { label, columns, idOf, onOpen, current, chosen, onChoose, keys = false, stale = false, classOf, sorted } = props;
  const [order, setOrder] = useState<{ key: string; down: boolean } | null>(null);
  const [at, setAt] = useState(-1);
  // What the next key builds on: keys may come faster than the table is drawn.
  const now = useRef({ at, chosen });
  now.current = { at, chosen };
  const body = useRef<HTMLTableSectionElement>(null);
  const frame = useReach();

  const column = order && columns.find(({ key }) => key === order.key);
  const rows = column?.sort && order
    ? [...props.rows].sort((a, b) => {
        const x = column.sort!(a);
        const y = column.sort!(b);
        return (x < y ? -1 : x > y ? 1 : 0) * (order.down ? -1 : 1);
      })
    : props.rows;

  const choose = (row: Row): void => {
    if (!chosen || !onChoose) return;
    const next = new Set(now.current.chosen);
    if (!next.delete(idOf(row))) next.add(idOf(row));
    now.current.chosen = next;
    onChoose(next);
  };
  const step = (by: number) => () => {
    const next = Math.max(0, Math.min(rows.length - 1, now.current.at + by));
    now.current.at = next;
    setAt(next);
    if (current !== undefined && current !== '' && rows[next]) onOpen?.(rows[next]!); // A drawer follows.
  };
  useKeys(keys ? {
    j: step(1), k: step(-1),
    Enter: (event) => {
      const row = rows[now.current.at];
      const link = event.target instanceof Element ? event.target.closest('a, button') : null;
      if (link) (link as HTMLElement).click();
      else if (row) onOpen?.(row);
    },
    x: () => {
      const row = rows[now.current.at];
      if (row) choose(row);
    },
  } : {});
  useEffect(() => {
    if (at >= 0) body.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  useEffect(() => {
    if (current) setAt(rows.findIndex((row) => idOf(row) === current));
  }, [current]);

  const turn = (key: string) => (): void => {
    if (sorted?.by.includes(key)) sorted.onSort(key);
    else setOrder((before) => (before?.key === key ? { key, down: !before.down } : { key, down: true }));
  };
  const stateOf = (key: string): 'ascending' | 'descending' | undefined => {
    if (order?.key === key) return order.down ? 'descending' : 'ascending';
    return !order && sorted?.key === key ? 'descending' : undefined;
  };
  const all = chosen !== undefined && rows.length > 0 && rows.every((row) => chosen.has(idOf(row)));

  return (
    <div ref={frame} class={`table-frame${stale ? ' stale' : ''}`} aria-busy={stale}>
      <table class="table" aria-label={label}>
        <thead>
          <tr>
            {onChoose && (
              <th class="pick" scope="col">
                <input type="checkbox" aria-label="Choose all" checked={all}
                  onChange={() => onChoose(new Set(all ? [] : rows.map(idOf)))} />
              </th>
            )}
            {columns.map(({ key, title, number, least, grow, sort }) => (
              <th key={key} scope="col" aria-sort={stateOf(key)} class={names(number && 'number', least, grow && 'grow')}>
                {sort || sorted?.by.includes(key)
                  ? <button type="button" class="heading" onClick={turn(key)}>{title}<span class="arrow" aria-hidden="true">
                      {stateOf(key) === 'ascending' ? '↑' : stateOf(key) === 'descending' ? '↓' : ''}</span></button>
                  : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row, n) => {
            const id = idOf(row);
            return (
              <tr key={id} class={names(n === at && 'at', id === current && 'current', chosen?.has(id) && 'chosen',
                onOpen && 'opens', classOf?.(row))}
                onClick={onOpen && ((event) => {
                  if ((event.target as Element).closest('a, button, input, label') || getSelection()?.toString()) return;
                  setAt(n);
                  onOpen(row);
                })}>
                {onChoose && (
                  <td class="pick">
                    <input type="checkbox" aria-label={`Choose ${id}`} checked={chosen?.has(id) ?? false} onChange={() => choose(row)} />
                  </td>
                )}
                {columns.map(({ key, cell, number, least, grow, fold }) => (
                  <td key={key} class={names(number && 'number', least, grow && 'grow', fold && 'fold')}>{cell(row)}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export const names = (...list: (string | false | undefined)[]): string | undefined => list.filter(Boolean).join(' ') || undefined;
