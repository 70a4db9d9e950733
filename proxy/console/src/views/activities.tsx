// The activity log: conditions as chips and as text in the language of policies, live where that is wanted, and beside it
// everything that is known of one.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { apiPath, ask, ProblemFailure } from '../base/api';
import { toFilter, withCondition } from '../base/filter';
import { bytes, count, one } from '../base/format';
import { useLoad } from '../base/load';
import { readRange } from '../base/ranges';
import { href, place, setQuery } from '../base/router';
import { ACTIVITY_QUERIES, ACTIVITY_TYPES } from '../base/vocabulary';
import { wordy } from '../base/words';
import { Verdict } from '../parts/badges';
import { Choice, Segments } from '../parts/controls';
import { Chips, FilterBar, SearchField } from '../parts/filter_bar';
import { Icon } from '../parts/icons';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { SavedSearches } from '../parts/saved';
import { Table, type Column } from '../parts/table';
import { Time } from '../parts/time';
import { say } from '../parts/toast';
import { ActivityDrawer } from './activity_drawer';
import type { ActivityRow } from './activity_types';
import { FilterFaults, type Found } from './faults';
import { PolicyFromSearch } from './policy_from_search';

const PAGE = 100;
const MOST_LIVE = 500; // rows that are kept on the screen
const NAMES = ['q', 'verb', 'verdict', 'user', 'app', 'ip', 'host', 'policy', 'since', 'until'];
const SPANS = [{ value: '1h', title: '1 hour' }, { value: '24h', title: '1 day' }, { value: '7d', title: '7 days' }, { value: '30d', title: '30 days' }, { value: '90d', title: '90 days' }];
const VERBS = [{ value: '', title: 'any' }, ...ACTIVITY_TYPES.map((value) => ({ value, title: wordy(value) }))];
const VERDICTS = [{ value: '', title: 'any' }, ...['allow', 'block', 'monitor', 'coach', 'justify', 'step_up', 'bypass', 'refused', 'origin_failed', 'client_closed', 'failed']
  .map((value) => ({ value, title: wordy(value) }))];
const CHIPS = ['user', 'app', 'ip', 'host', 'policy', 'since', 'until'].map((name) => ({ name, title: name === 'ip' ? 'Address' : wordy(name) }));

// A line where activities are missing says how many, and nothing else.
const REAL_COLUMNS: readonly Column<ActivityRow>[] = [
  { key: 'time', title: 'Time', cell: (row) => <a class="strong" href={href('/activities', new URLSearchParams([...place.value.query].filter(([name]) => name !== 'id').concat([['id', row.id]])))}>
    <Time at={row.time} seconds /></a> },
  { key: 'type', title: 'Activity', cell: (row) => wordy(row.type ?? (row.kind === 'tunnel' ? 'not_opened' : 'other')) },
  { key: 'user', title: 'User', fold: true, cell: (row) => row.user ?? '–' },
  { key: 'app', title: 'App', fold: true, cell: (row) => row.app_name ?? row.app ?? row.host ?? '–' },
  { key: 'what', title: 'Address', least: 'wide', grow: true, cell: (row) => <span class="mono">{row.method} {row.host}{row.path}</span> },
  { key: 'client', title: 'From', least: 'wide', cell: (row) => row.client ?? '–' },
  { key: 'verdict', title: 'Verdict', cell: (row) => <Verdict action={row.action} ending={row.ending} /> },
  { key: 'policy', title: 'Policy', least: 'middle', cell: (row) => row.policy || '–' },
  { key: 'sent', title: 'Sent', number: true, least: 'middle', cell: (row) => bytes(row.bytes_in) },
  { key: 'received', title: 'Received', number: true, least: 'widest', cell: (row) => bytes(row.bytes_out) },
];

const COLUMNS: readonly Column<ActivityRow>[] = REAL_COLUMNS.map((column) => ({ ...column, cell: (row) => (row.kind !== 'hole' ? column.cell(row)
  : column.key === 'time' ? <Time at={row.time} seconds /> : column.key === 'type' ? <span class="verdict caution">{row.missing === undefined ? 'Some' : count(row.missing)} missing</span> : '') }));

interface Answer { activities: ActivityRow[]; next: string | null; searched_to?: string }
type Conditions = Record<string, string | undefined>;

function conditions(): Conditions {
  const { query } = place.value;
  const asked = (name: string): string | undefined => query.get(name) ?? undefined;
  return { filter: toFilter(query.get('q') ?? '') || undefined, verb: asked('verb'), verdict: asked('verdict'), user: asked('user'), app: asked('app'),
    ip: asked('ip'), host: asked('host'), policy: asked('policy') };
}

// The search as conditions of a policy: what has a field or a chip of its own here is a condition as well.
function asPolicy(): string {
  const { query } = place.value;
  const own: [string, string][] = [['verb', 'activity'], ['user', 'user'], ['app', 'app'], ['ip', 'client.ip'], ['host', 'host']];
  return own.reduce((text, [name, attribute]) => (query.get(name) ? withCondition(text, attribute, query.get(name)!) : text), toFilter(query.get('q') ?? ''));
}

// Pages behind the first one, for as long as the question stays.
function usePages(key: string, first: Answer | undefined): { rows: ActivityRow[]; next: string | null; more: () => Promise<void>; busy: boolean; searchedTo?: string } {
  const [pages, setPages] = useState<{ key: string; answers: Answer[] }>({ key, answers: [] });
  const [busy, setBusy] = useState(false);
  const answers = pages.key === key ? pages.answers : [];
  const last = answers.at(-1) ?? first;
  const more = async (): Promise<void> => {
    if (!last?.next || busy) return;
    setBusy(true);
    try {
      const answer = await ask<Answer>('activities', { query: { ...conditions(), ...times(), limit: PAGE, after: last.next } });
      setPages({ key, answers: [...answers, answer] });
    } catch (failure) {
      say(failure instanceof Error ? failure.message : String(failure), 'bad');
    }
    setBusy(false);
  };
  return { rows: [...(first?.activities ?? []), ...answers.flatMap(({ activities }) => activities)], next: last?.next ?? null, more, busy, searchedTo: last?.searched_to };
}

const times = (): Conditions => ({ since: place.value.query.get('since') ?? readRange('7d'), until: place.value.query.get('until') ?? undefined });

// What is recorded from now on, newest first. A browser goes on by itself after a cut, from the last activity that it saw;
// what is missing all the same stands as a line of its own where it is missing.
function useLive(on: boolean, key: string): { rows: ActivityRow[]; lost: boolean; over: boolean } {
  const [state, setState] = useState({ rows: [] as ActivityRow[], lost: false, over: false });
  useEffect(() => {
    setState({ rows: [], lost: false, over: false });
    if (!on) return undefined;
    const source = new EventSource(apiPath('activities/live', conditions()));
    let waiting: ActivityRow[] = [];
    let frame = 0;
    let holes = 0;
    // However many come, the screen is drawn once a frame.
    const draw = (): void => {
      frame = 0;
      const fresh = waiting.reverse();
      waiting = [];
      setState((before) => {
        const seen = new Set(before.rows.slice(0, MOST_LIVE).map(({ id }) => id));
        return { ...before, rows: [...fresh.filter(({ id }) => !seen.has(id)), ...before.rows].slice(0, MOST_LIVE) };
      });
    };
    const add = (row: ActivityRow): void => {
      waiting.push(row);
      if (waiting.length > MOST_LIVE) waiting.shift();
      if (!frame) frame = requestAnimationFrame(draw);
    };
    source.addEventListener('activity', (event) => add(JSON.parse((event as MessageEvent<string>).data) as ActivityRow));
    const hole = (event: Event): void => {
      const told = JSON.parse((event as MessageEvent<string>).data) as { dropped?: number; lost?: number | null };
      add({ id: `hole-${++holes}`, kind: 'hole', time: new Date().toISOString(), action: '', ending: '', bytes_in: 0, bytes_out: 0, missing: told.dropped ?? told.lost ?? undefined });
    };
    source.addEventListener('dropped', hole);
    source.addEventListener('lost', hole);
    source.onopen = () => setState((before) => ({ ...before, lost: false }));
    source.onerror = () => setState((before) => ({ ...before, lost: true, over: source.readyState === EventSource.CLOSED }));
    return () => {
      cancelAnimationFrame(frame);
      source.close();
    };
  }, [on, key]);
  return state;
}

export function Activities() {
  const { query } = place.value;
  const got = (name: string): string => query.get(name) ?? '';
  const range = readRange('7d');
  const id = got('id');
  const live = got('live') === '1';
  const key = JSON.stringify([conditions(), times()]);
  const first = useLoad<Answer>(live ? null : 'activities', { ...conditions(), ...times(), limit: PAGE });
  const pages = usePages(key, first.value);
  const tail = useLive(live, key);
  const [making, setMaking] = useState(false);
  const rows = live ? tail.rows : pages.rows;
  const foot = useRef<HTMLDivElement>(null);
  const found = first.failure instanceof ProblemFailure ? (first.failure.answer as { diagnostics?: Found[] } | null)?.diagnostics : undefined;
  const queries = useMemo(() => [{ value: '', title: 'none' }, ...ACTIVITY_QUERIES.map(({ title, filter }) => ({ value: filter, title }))], []);
  const open = (row: ActivityRow): void => row.kind === 'hole' ? undefined : setQuery({ id: row.id }, id ? 'replace' : 'push');

  return (
    <>
      <Page title="Activity log" tools={<>
        <button type="button" aria-pressed={live} class={live ? 'on' : ''} onClick={() => setQuery({ live: live ? undefined : '1' })}>
          <Icon name={live ? 'pause' : 'play'} size={14} />{live ? 'Stop' : 'Live'}</button>
        {!live && !got('since') && <Segments label="Time" options={SPANS} value={range} onChange={(value) => setQuery({ range: value === '7d' ? undefined : value })} />}
      </>}>
        <FilterBar names={NAMES}>
          <SearchField name="q" placeholder="activity: upload, app.tag: unsanctioned" label="Conditions, or a word" wide />
          <Choice label="Activity" options={VERBS} value={got('verb')} onChange={(verb) => setQuery({ verb })} />
          <Choice label="Verdict" options={VERDICTS} value={got('verdict')} onChange={(verdict) => setQuery({ verdict })} />
          <Choice label="Suggested" options={queries} value={ACTIVITY_QUERIES.some(({ filter }) => filter === got('q')) ? got('q') : ''} onChange={(q) => setQuery({ q })} />
          <SavedSearches view="activities" names={NAMES} />
          <Chips of={CHIPS} />
          {asPolicy() !== '' && <button type="button" class="quiet" onClick={() => setMaking(true)}><Icon name="policies" size={14} />As a policy</button>}
        </FilterBar>
        {found ? <FilterFaults text={conditions().filter ?? ''} found={found} />
          : first.failure && <Refused failure={first.failure} again={first.again} />}
        {!live && !first.value && first.loading && <Waiting rows={16} />}
        {live && <p class="live-line" role="status"><span class={tail.lost ? 'live-dot lost' : 'live-dot'} aria-hidden="true" />
          {tail.over ? 'The stream has ended: the gateway lets nobody in here any more, or not so many. Stop it and start again.'
            : tail.lost ? 'The connection is lost; it is tried again.' : `Live, ${one(tail.rows.filter(({ kind }) => kind !== 'hole').length, 'activity', 'activities')} so far.`}</p>}
        {rows.length === 0 && !found && (live || first.value) && !first.loading && (
          <Nothing title={live ? 'Nothing has happened yet' : 'No activity is like that'}>{!live && (pages.searchedTo ? 'So far: the search can go on.' : 'Choose a longer time or fewer conditions.')}</Nothing>)}
        {rows.length > 0 && (
          <div class="sheet">
            <Table label="Activities" rows={rows} columns={COLUMNS} idOf={(row) => row.id} keys current={id} onOpen={open} stale={!live && first.loading}
              classOf={(row) => (row.action === 'block' ? 'stopped' : '')} />
          </div>
        )}
        {!live && first.value && (
          <div class="list-foot" ref={foot}>
            {rows.length > 0 && <span>{one(rows.length, 'activity', 'activities')}{pages.next ? ' so far' : ''}</span>}
            {pages.searchedTo && <span>searched back to <Time at={pages.searchedTo} /></span>}
            {pages.next && <button type="button" disabled={pages.busy} onClick={() => void pages.more()}>{pages.busy ? 'Searching…' : 'Show more'}</button>}
            {rows.length > 0 && <a class="button" download="activities.csv" href={apiPath('activities', { ...conditions(), ...times(), limit: 10000, format: 'csv' })}>
              <Icon name="download" size={14} />CSV</a>}
            <Link to="/files">Files</Link>
          </div>
        )}
      </Page>
      {id && <ActivityDrawer key={id} id={id} onClose={() => setQuery({ id: undefined, tab: undefined })} />}
      {making && <PolicyFromSearch conditions={asPolicy()} left={['verdict', 'policy', 'since', 'until'].filter((name) => got(name))} onClose={() => setMaking(false)} />}
    </>
  );
}
