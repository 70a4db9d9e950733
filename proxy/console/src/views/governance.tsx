// What people and policies did to users, apps, alerts and the gateway.

import { useMemo, useState } from 'preact/hooks';
import { ask, mayOperate } from '../base/api';
import { one } from '../base/format';
import { useLoad } from '../base/load';
import { RANGES, readRange } from '../base/ranges';
import { href, place, setQuery } from '../base/router';
import { Choice, Segments, Tabs } from '../parts/controls';
import { Chips, FilterBar, saveCsv, SearchField } from '../parts/filter_bar';
import { Icon } from '../parts/icons';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { Time } from '../parts/time';
import { say } from '../parts/toast';
import { AppCalls } from './app_actions';
import { Reads } from './reads';

interface Entry { number: number; at: string; action: string; user?: string; app?: string; what?: string; until?: string; why?: string; who?: string }
interface Answer { entries: Entry[]; next: number | null }

const PAGE = 200;
const NAMES = ['q', 'action', 'who', 'user', 'app'];
const ACTIONS = ['suspend', 'unsuspend', 'end sessions', 'require step-up', 'tag app', 'ask', 'grant', 'revoke grant'];

// Of these "until" is when it ends; of others only for how long it is kept.
const ENDS = new Set(['suspend', 'end sessions', 'require step-up', 'grant']);

// What names an alert leads to it.
function What({ row }: { row: Entry }) {
  const [, id, rest] = (row.action.includes('alert') && /^([0-9A-HJKMNP-TV-Z]{26})\b(.*)$/.exec(row.what ?? '')) || [];
  if (id) return <><Link to="/alerts" query={{ id, state: 'all' }}><code>{id}</code></Link>{rest}</>;
  return <span title={row.what}>{row.what || '–'}</span>;
}

const COLUMNS: readonly Column<Entry>[] = [
  { key: 'number', title: 'No.', number: true, least: 'middle', cell: (row) => row.number },
  { key: 'at', title: 'Time', cell: (row) => <Time at={row.at} seconds /> },
  { key: 'action', title: 'Action', cell: (row) => <span class="strong">{row.action}</span> },
  { key: 'who', title: 'By', cell: (row) => row.who || '–' },
  { key: 'user', title: 'User', cell: (row) => row.user ? <Link to={`/users/${encodeURIComponent(row.user)}`}>{row.user}</Link> : '–' },
  { key: 'app', title: 'App', least: 'middle', cell: (row) => row.app ? <Link to={`/apps/${encodeURIComponent(row.app)}`}>{row.app}</Link> : '–' },
  { key: 'what', title: 'What', grow: true, least: 'middle', cell: (row) => <What row={row} /> },
  { key: 'why', title: 'Why', least: 'wide', cell: (row) => <span title={row.why}>{row.why || '–'}</span> },
  { key: 'until', title: 'Until', least: 'widest', cell: (row) => <Time at={ENDS.has(row.action) ? row.until : undefined} /> },
];

function Log() {
  const { query } = place.value;
  const got = (name: string): string => query.get(name) ?? '';
  const range = readRange('30d');
  const conditions = { action: got('action'), who: got('who'), user: got('user'), app: got('app'), since: range };
  const { value, failure, loading, again } = useLoad<Answer>('governance', { ...conditions, limit: PAGE });
  const [pages, setPages] = useState<{ of: Answer | undefined; answers: Answer[] }>({ of: undefined, answers: [] });
  const answers = pages.of === value ? pages.answers : [];
  const next = (answers.at(-1) ?? value)?.next ?? null;
  const words = got('q').toLowerCase();
  const rows = useMemo(() => [...(value?.entries ?? []), ...answers.flatMap(({ entries }) => entries)].filter((row) =>
    words === '' || [row.action, row.who, row.user, row.app, row.what, row.why].some((text) => text?.toLowerCase().includes(words))), [value, pages, words]);
  const more = async (): Promise<void> => {
    try {
      const answer = await ask<Answer>('governance', { query: { ...conditions, limit: PAGE, after: next ?? undefined } });
      setPages({ of: value, answers: [...answers, answer] });
    } catch (failed) {
      say(failed instanceof Error ? failed.message : String(failed), 'bad');
    }
  };
  const actions = [{ value: '', title: 'any' }, ...[...new Set([...ACTIONS, ...rows.map(({ action }) => action), got('action')])].filter(Boolean).sort()
    .map((action) => ({ value: action, title: action }))];
  return (
    <>
      <FilterBar names={NAMES}>
        <SearchField name="q" placeholder="Person, app, reason" />
        <Choice label="Action" options={actions} value={got('action')} onChange={(action) => setQuery({ action })} />
        <Chips of={[{ name: 'who', title: 'By' }, { name: 'user', title: 'User' }, { name: 'app', title: 'App' }]} />
      </FilterBar>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={12} />}
      {value && rows.length === 0 && <Nothing title="Nothing was done">Tags, suspensions, questions and answers stand here once there are some.</Nothing>}
      {value && rows.length > 0 && (
        <div class="sheet">
          <Table label="Governance log" rows={rows} columns={COLUMNS} idOf={(row) => String(row.number)} keys stale={loading} />
          <div class="sheet-foot"><span>{one(rows.length, 'entry', 'entries')}</span>
            {next !== null && <button type="button" class="quiet" onClick={() => void more()}>Show more</button>}
            <button type="button" class="quiet" onClick={() => saveCsv('governance', ['number', 'at', 'action', 'who', 'user', 'app', 'what', 'why', 'until'],
              rows.map((row) => [row.number, row.at, row.action, row.who ?? '', row.user ?? '', row.app ?? '', row.what ?? '', row.why ?? '', row.until ?? '']))}>
              <Icon name="download" size={14} />CSV</button></div>
        </div>
      )}
    </>
  );
}

export function Governance() {
  const range = readRange('30d');
  const list = place.value.query.get('list');
  const tab = list === 'reads' && mayOperate() ? 'reads' : list === 'calls' ? 'calls' : 'log';
  return (
    <Page title="Governance log" tools={tab !== 'calls' && <Segments label="Time" options={RANGES} value={range} onChange={(to) => setQuery({ range: to === '30d' ? undefined : to })} />}>
      <Tabs label="Logs" current={tab} tabs={[{ id: 'log', title: 'What was done', to: href('/governance') },
        { id: 'calls', title: 'Asked of apps', to: href('/governance', { list: 'calls' }) },
        ...(mayOperate() ? [{ id: 'reads', title: 'Who looked', to: href('/governance', { list: 'reads' }) }] : [])]} />
      {tab === 'reads' ? <Reads /> : tab === 'calls' ? <AppCalls /> : <Log />}
    </Page>
  );
}
