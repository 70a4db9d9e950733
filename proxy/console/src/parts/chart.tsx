// Figures over time, drawn by uPlot, with the same figures as a table for who prefers or needs it.

import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { minute } from '../base/format';
import { Table } from './table';

export interface Series {
  title: string;
  kind: 'one' | 'two' | 'three' | 'bad'; // its colour
  values: readonly number[];
}

interface Props {
  label: string; // what it shows, for who hears it
  days: readonly string[]; // 2026-11-27, without gaps; or instants, such as 2026-11-27T21:04:00Z
  minutes?: boolean; // they are instants, which stand in the reader's zone
  series: readonly Series[];
  show: (value: number) => string;
  height?: number;
}

const COLOURS = { one: '--series-1', two: '--series-2', three: '--caution', bad: '--bad' } as const;

// Days are counted in UTC: a point stands at its day's noon there, so that it is that day's nearly everywhere.
const instant = (day: string): number => Date.parse(day.includes('T') ? day : `${day}T00:00:00Z`) / 1000;

function draw(frame: HTMLElement, { days, series, show, height = 200, minutes = false }: Props): uPlot {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = '11px system-ui, sans-serif';
  const axis = { stroke: colour('--muted'), font, grid: { stroke: colour('--line-soft'), width: 1 }, ticks: { show: false } };
  const options: uPlot.Options = {
    width: Math.max(frame.clientWidth, 200),
    height,
    tzDate: (at) => (minutes ? new Date(at * 1000) : uPlot.tzDate(new Date(at * 1000), 'UTC')),
    padding: [8, 24, 0, 0],
    legend: { live: true },
    // Where nobody points, the legend tells of the newest.
    hooks: { setCursor: [(plot) => { if (plot.cursor.idx == null) plot.setLegend({ idx: days.length - 1 }, false); }],
      ready: [(plot) => plot.setLegend({ idx: days.length - 1 }, false)] },
    cursor: { points: { size: 6 }, drag: { setScale: false, x: false, y: false } },
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, size: 28, space: 64,
        ...(minutes ? { values: '{HH}:{mm}', incrs: [1, 5, 10, 15, 30, 60].map((n) => n * 60) } : { values: '{D} {MMM}', incrs: [1, 2, 7, 14, 28].map((n) => n * 86400) }) },
      { ...axis, size: 64, values: (_, splits) => splits.map(show), space: 36 },
    ],
    series: [
      minutes ? { value: '{HH}:{mm}', label: 'Time' } : { value: '{YYYY}-{MM}-{DD}', label: 'Day (UTC)' },
      ...series.map(({ title, kind }): uPlot.Series => ({
        label: title, stroke: colour(COLOURS[kind]), width: 1.5, fill: `${colour(COLOURS[kind])}1f`,
        points: { show: days.length < 3 }, value: (_, value) => (value === null ? '–' : show(value)),
      })),
    ],
  };
  return new uPlot(options, [days.map(instant), ...series.map(({ values }) => [...values])] as uPlot.AlignedData, frame);
}

export function Chart(props: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [asTable, setAsTable] = useState(false);
  const key = JSON.stringify([props.days, props.series]);

  useEffect(() => {
    const element = frame.current;
    if (!element || asTable) return undefined;
    let plot = draw(element, props);
    const renew = (): void => {
      plot.destroy();
      plot = draw(element, props);
    };
    const watch = new ResizeObserver(() => {
      if (element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height: props.height ?? 200 });
    });
    watch.observe(element);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', renew);
    addEventListener('themechange', renew);
    return () => {
      watch.disconnect();
      dark.removeEventListener('change', renew);
      removeEventListener('themechange', renew);
      plot.destroy();
    };
  }, [key, asTable]);

  const rows = props.days.map((day, n) => ({ day, n })).reverse();
  return (
    <figure class={props.height && props.height < 200 ? 'chart low' : 'chart'}>
      {asTable
        ? <div class="chart-table" tabIndex={0} role="group" aria-label={`${props.label}, as a table`}><Table label={props.label} rows={rows} idOf={({ day }) => day}
            columns={[{ key: 'day', title: props.minutes ? 'Time' : 'Day (UTC)', cell: ({ day }) => (props.minutes ? minute(new Date(day)) : day) },
              ...props.series.map(({ title, values }) => ({ key: title, title, number: true,
                cell: ({ n }: { n: number }) => props.show(values[n] ?? 0) }))]} /></div>
        : <div ref={frame} class="chart-frame" role="img" aria-label={`${props.label}; the same figures are in the table`} />}
      <button type="button" class="quiet chart-turn" onClick={() => setAsTable(!asTable)}>{asTable ? 'Chart' : 'Table'}</button>
    </figure>
  );
}

// Every day from `since` to `until`; days without use are not in the answer.
export function allDays(since: string, until: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(`${since}T00:00:00Z`); at <= Date.parse(`${until}T00:00:00Z`) && days.length < 500; at += 86400e3) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}
