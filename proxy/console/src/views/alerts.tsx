// The queue of alerts, and beside it the one that the address names.

import { useMemo, useState } from 'preact/hooks';
import { mayHandle } from '../base/api';
import { count, one } from '../base/format';
import { useLoad } from '../base/load';
import { RANGES, readRange } from '../base/ranges';
import { href, place, setQuery } from '../base/router';
import { wordy } from '../base/words';
import { Severity } from '../parts/badges';
import { Choice, Segments } from '../parts/controls';
import { Chips, FilterBar, saveCsv, SearchField } from '../parts/filter_bar';
import { Icon } from '../parts/icons';
import { Page } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table, useSome, type Column } from '../parts/table';
import { Time } from '../parts/time';
import { CloseAlerts, handleAll } from './alert_actions';
import { AlertDrawer } from './alert_drawer';
import type { Alert } from './alert_types';

const NAMES = ['q', 'state', 'severity', 'policy', 'user', 'app', 'assignee'];
const STATES = [['', 'open'], ['unread', 'unread'], ['closed', 'closed'], ['true_positive', 'true positive'], ['benign', 'benign'],
  ['false_positive', 'false positive'], ['all', 'all']].map(([value, title]) => ({ value: value!, title: title! }));
const SEVERITIES = [{ value: '', title: 'any' }, ...['high', 'medium', 'low', 'informational'].map((value) => ({ value, title: wordy(value) }))];
const RANK: Record<string, number> = { informational: 0, low: 1, medium: 2, high: 3 };
const MOST = 500;

export const stateOf = (alert: Alert): string => (alert.resolution === 'open' ? (alert.read ? 'open' : 'unread') : alert.resolution);
const setId = (id: string | undefined, how: 'push' | 'replace' = 'push'): void => setQuery({ id }, how);

const COLUMNS: readonly Column<Alert>[] = [
  { key: 'severity', title: 'Severity', cell: (row) => <Severity value={row.severity} />, sort: (row) => RANK[row.severity] ?? 0 },
  { key: 'policy', title: 'Alert', grow: true, sort: (row) => row.policy.toLowerCase(),
    cell: (row) => <><a class="strong" href={href('/alerts', new URLSearchParams([...place.value.query, ['id', row.id]]))}
      onClick={(event) => { event.preventDefault(); event.stopPropagation(); setId(row.id); }}>{row.policy}</a>
      {row.count > 1 && <span class="cell-note">{count(row.count)} activities</span>}</> },
  { key: 'user', title: 'User', cell: (row) => row.user || '–', sort: (row) => row.user },
  { key: 'app', title: 'App', least: 'middle', cell: (row) => row.app_name ?? row.host ?? '–', sort: (row) => row.app_name ?? '' },
  { key: 'state', title: 'State', least: 'middle', cell: (row) => wordy(stateOf(row)), sort: stateOf },
  { key: 'assignee', title: 'Assigned', least: 'wide', cell: (row) => row.assignee || '–', sort: (row) => row.assignee ?? '' },
  { key: 'time', title: 'Raised', cell: (row) => <Time at={row.time} />, sort: (row) => row.time },
];

export function Alerts() {
  const { query } = place.value;
  const ask = (name: string): string => query.get(name) ?? '';
  const range = readRange('90d');
  const state = ask('state');
  const id = ask('id');
  const words = ask('q').toLowerCase();
  const { value, failure, loading, again } = useLoad<Alert[]>('alerts', {
    state: state === 'all' ? '' : state || 'open', severity: ask('severity'), policy: ask('policy'), user: ask('user'), app: ask('app'),
    assignee: ask('assignee'), since: range, limit: MOST }, 15_000);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [closing, setClosing] = useState(false);
  const rows = useMemo(() => (value ?? []).filter((row) => words === ''
    || [row.policy, row.text, row.user, row.app_name, row.host].some((text) => text?.toLowerCase().includes(words))), [value, words]);
  const [some, all, more] = useSome(rows, 100);
  const picked = rows.filter((row) => chosen.has(row.id));
  const done = (): void => { setChosen(new Set()); again(); };
  const people = useMemo(() => [{ value: '', title: 'anybody' }, { value: "''", title: 'nobody' },
    ...[...new Set([...(value ?? []).map(({ assignee }) => assignee ?? ''), ask('assignee')])].filter((name) => name && name !== "''").sort()
      .map((name) => ({ value: name, title: name }))], [value]);
  const policies = useMemo(() => [{ value: '', title: 'any' },
    ...[...new Map((value ?? []).map((row) => [row.policy_id, row.policy]))].map(([id, name]) => ({ value: id, title: name })),
    ...(ask('policy') && !(value ?? []).some((row) => row.policy_id === ask('policy')) ? [{ value: ask('policy'), title: ask('policy') }] : [])], [value]);

  return (
    <>
      <Page title="Alerts" tools={<Segments label="Time" options={RANGES} value={range}
        onChange={(next) => setQuery({ range: next === '90d' ? undefined : next })} />}>
        <FilterBar names={NAMES}>
          <SearchField name="q" placeholder="Policy, person, app" />
          <Choice label="State" options={STATES} value={state} onChange={(next) => setQuery({ state: next })} />
          <Choice label="Severity" options={SEVERITIES} value={ask('severity')} onChange={(severity) => setQuery({ severity })} />
          <Choice label="Policy" options={policies} value={ask('policy')} onChange={(policy) => setQuery({ policy })} />
          <Choice label="Assigned to" options={people} value={ask('assignee')} onChange={(assignee) => setQuery({ assignee })} />
          <Chips of={[{ name: 'user', title: 'User' }, { name: 'app', title: 'App' }]} />
        </FilterBar>
        {failure && <Refused failure={failure} again={again} />}
        {!value && loading && <Waiting rows={10} />}
        {value && rows.length === 0 && <Nothing title={NAMES.some(ask) ? 'No alert is like that' : 'No alert is open'}>
          {!NAMES.some(ask) && 'Those that were closed are a choice of state away.'}</Nothing>}
        {value && rows.length > 0 && (
          <div class="sheet">
            <Table label="Alerts" rows={some} columns={COLUMNS} idOf={(row) => row.id} keys current={id} onOpen={(row) => setId(row.id, id ? 'replace' : 'push')}
              classOf={(row) => (row.read ? '' : 'unread')} {...(mayHandle() && { chosen, onChoose: setChosen })} />
            <div class="sheet-foot"><span>{rows.length >= MOST ? `The newest ${count(MOST)}` : one(rows.length, 'alert')}</span>
              {some.length < all && <button type="button" class="quiet" onClick={more}>Show more</button>}
              <button type="button" class="quiet" onClick={() => saveCsv('alerts', ['id', 'time', 'severity', 'policy', 'user', 'app', 'host', 'count', 'state', 'assignee', 'text'],
                rows.map((row) => [row.id, row.time, row.severity, row.policy, row.user, row.app ?? '', row.host ?? '', row.count, stateOf(row), row.assignee ?? '', row.text]))}>
                <Icon name="download" size={14} />CSV</button></div>
          </div>
        )}
        {picked.length > 0 && (
          <div class="bulk" role="region" aria-label="Chosen alerts">
            <span>{one(picked.length, 'alert')} chosen</span>
            <button type="button" onClick={() => setClosing(true)}>Close…</button>
            <button type="button" onClick={() => void handleAll(picked, 'read', {}, 'marked as read').then(done)}>Mark as read</button>
            <button type="button" class="quiet" onClick={() => setChosen(new Set())}>Choose none</button>
          </div>
        )}
        {closing && <CloseAlerts alerts={picked} onClose={() => setClosing(false)} onDone={done} />}
      </Page>
      {id && <AlertDrawer key={id} id={id} onClose={() => setId(undefined)} onChange={again} />}
    </>
  );
}
