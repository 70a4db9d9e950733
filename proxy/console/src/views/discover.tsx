// The discovery dashboard: all use of cloud apps in one picture.

import { Fragment } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { bytes, compact, count, one, percent, zone } from '../base/format';
import { useLoad, type Loaded } from '../base/load';
import { RANGES, readRange } from '../base/ranges';
import { go, inside, place, setQuery } from '../base/router';
import { country, wordy } from '../base/words';
import { RiskScore, Tags } from '../parts/badges';
import { Bars, Legend, type Bar } from '../parts/bars';
import { allDays, Chart, type Series } from '../parts/chart';
import { Choice, Segments } from '../parts/controls';
import { Link } from '../parts/link';
import { Page, Panel } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table } from '../parts/table';
import { World } from '../parts/world';
import { idOfApp, nameOfApp, type Alternatives, type AppRow, type Dashboard, type Leakage, type Use } from './discovery_types';

const TIME_METRICS = ['traffic', 'uploads', 'users', 'transactions', 'blocked'].map((value) => ({ value, title: wordy(value) }));
const CATEGORY_METRICS = ['traffic', 'upload_bytes', 'transactions', 'users'].map((value) => ({
  value, title: value === 'upload_bytes' ? 'Uploads' : wordy(value) }));
const STANDINGS = [{ kind: 'sanctioned', word: 'Sanctioned' }, { kind: 'unsanctioned', word: 'Unsanctioned' }, { kind: 'other', word: 'Other' }];
const RISKS = ['high', 'medium', 'low', 'unknown'] as const;

// The time that was chosen goes along.
const on = (path: string, query: Record<string, string | undefined> = {}): string => inside(path, { ...query, range: place.value.query.get('range') ?? undefined });
const toApp = (id: string): string => on(`/apps/${encodeURIComponent(id)}`);

const traffic = (use: Use): number => use.sent + use.received;

function Figure({ name, value, note }: { name: string; value: string; note?: string }) {
  return <div class="figure"><dt>{name}</dt><dd>{value}{note && <span class="figure-note">{note}</span>}</dd></div>;
}

function Figures({ board }: { board: Dashboard }) {
  return (
    <dl class="figures" aria-label="In all">
      <Figure name="Apps" value={compact(board.apps)} note={board.domains > 0 ? `and ${one(board.domains, 'domain')} of none` : ''} />
      <Figure name="Users" value={compact(board.users)} />
      <Figure name="Addresses" value={compact(board.addresses)} />
      <Figure name="Devices" value={compact(board.devices)} />
      <Figure name="Sent" value={bytes(board.sent)} note="to apps" />
      <Figure name="Received" value={bytes(board.received)} note="from apps" />
      <Figure name="Uploads" value={compact(board.uploads)} note={bytes(board.upload_bytes)} />
      <Figure name="Blocked" value={compact(board.blocked ?? 0)} note={`of ${compact(board.transactions + (board.blocked ?? 0))}`} />
    </dl>
  );
}

function seriesOf(board: Dashboard, days: readonly string[], metric: string): { series: Series[]; show: (n: number) => string } {
  const byDay = new Map(board.days.map((row) => [row.day, row]));
  const line = (title: string, kind: Series['kind'], value: (row: Dashboard['days'][number]) => number): Series =>
    ({ title, kind, values: days.map((day) => { const row = byDay.get(day); return row ? value(row) : 0; }) });
  switch (metric) {
    case 'uploads': return { series: [line('Uploaded', 'one', (row) => row.upload_bytes)], show: bytes };
    case 'users': return { series: [line('Users', 'one', (row) => row.users)], show: compact };
    case 'transactions': return { series: [line('Transactions', 'one', (row) => row.transactions)], show: compact };
    case 'blocked': return { series: [line('Blocked', 'bad', (row) => row.blocked ?? 0)], show: compact };
    default: return { series: [line('Sent', 'one', (row) => row.sent), line('Received', 'two', (row) => row.received)], show: bytes };
  }
}

function OverTime({ board }: { board: Dashboard }) {
  const metric = place.value.query.get('over') ?? 'traffic';
  const days = allDays(board.since, board.until);
  const { series, show } = seriesOf(board, days, metric);
  return (
    <Panel title="Over time" class="span-all" tools={<Segments label="Over time by" options={TIME_METRICS} value={metric}
      onChange={(value) => setQuery({ over: value === 'traffic' ? undefined : value }, 'replace')} />}>
      <Chart label={`${wordy(metric)} by day`} days={days} series={series} show={show} />
    </Panel>
  );
}

function Categories({ board }: { board: Dashboard }) {
  const [metric, setMetric] = useState('traffic');
  const [all, setAll] = useState(false);
  const value = (row: Dashboard['categories'][number]): number =>
    metric === 'traffic' ? traffic(row) : metric === 'users' ? row.users : metric === 'transactions' ? row.transactions : row.upload_bytes;
  const rows = [...board.categories].sort((a, b) => value(b) - value(a));
  const bars = rows.slice(0, all ? undefined : 10).map((row) => ({
    id: row.category, name: wordy(row.category), note: one(row.apps, 'app'), to: on('/apps', { category: row.category }),
    parts: metric === 'traffic'
      ? [{ kind: 'sanctioned', value: row.sanctioned_bytes, word: 'sanctioned' },
          { kind: 'unsanctioned', value: row.unsanctioned_bytes, word: 'unsanctioned' },
          { kind: 'other', value: row.other_bytes, word: 'other' }]
      : [{ kind: 'plain', value: value(row), word: '' }],
  }));
  return (
    <Panel title="Categories" tools={<Choice label="by" name="Categories by" options={CATEGORY_METRICS} value={metric} onChange={setMetric} />}>
      {metric === 'traffic' && <Legend items={STANDINGS} />}
      <Bars label="Categories" bars={bars} show={metric === 'traffic' || metric === 'upload_bytes' ? bytes : compact} />
      {rows.length > 10 && <button type="button" class="quiet more" onClick={() => setAll(!all)}>
        {all ? 'Show ten' : `Show all ${rows.length}`}</button>}
    </Panel>
  );
}

function Risks({ board }: { board: Dashboard }) {
  const rows = RISKS.map((risk) => board.risk_levels.find((row) => row.risk === risk)).filter((row) => row !== undefined);
  const all = rows.reduce((total, row) => total + traffic(row), 0) || 1;
  return (
    <Panel title="Risk of apps in use">
      <Bars label="Traffic by risk" show={bytes} bars={rows.map((row) => ({ id: row.risk, name: wordy(row.risk),
        note: `${one(row.apps, 'app')}, ${percent(traffic(row) / all)}`,
        to: row.risk === 'unknown' ? undefined : on('/apps', { risk: row.risk }),
        parts: [{ kind: `risk-${row.risk}`, value: traffic(row), word: '' }] }))} />
      <h3 class="panel-sub">Standing</h3>
      <Bars label="Traffic by standing" show={bytes} bars={board.standings.map((row) => ({ id: row.standing, name: wordy(row.standing),
        note: one(row.apps, 'app'), to: on('/apps', { tag: row.standing === 'other' ? 'none' : row.standing }),
        parts: [{ kind: row.standing, value: traffic(row), word: '' }] }))} />
    </Panel>
  );
}

function TopApps({ rows, alone }: { rows: readonly AppRow[]; alone: boolean }) {
  return (
    <Panel title="Top apps" class={alone ? 'span-all flush' : 'span-two flush'} tools={<Link to="/apps" query={{ range: place.value.query.get('range') ?? undefined }}>All apps</Link>}>
      <Table label="Top apps" rows={rows} idOf={idOfApp} keys onOpen={(row) => go(`/console${toApp(idOfApp(row))}`)}
        columns={[
          { key: 'name', title: 'App', grow: true, cell: (row) => <><a href={`/console${toApp(idOfApp(row))}`} class="strong">{nameOfApp(row)}</a>
            <span class="cell-note">{wordy(row.category)}</span></> },
          { key: 'tags', title: 'Tags', cell: (row) => <Tags tags={row.tags} /> },
          { key: 'risk', title: 'Score', cell: (row) => <RiskScore score={row.risk_score} />, least: 'middle', sort: (row) => row.risk_score ?? -1 },
          { key: 'users', title: 'Users', number: true, cell: (row) => count(row.users), sort: (row) => row.users },
          { key: 'sent', title: 'Sent', number: true, cell: (row) => bytes(row.sent), sort: (row) => row.sent },
          { key: 'received', title: 'Received', number: true, cell: (row) => bytes(row.received), sort: (row) => row.received, least: 'middle' },
          { key: 'blocked', title: 'Blocked', number: true, cell: (row) => count(row.blocked), sort: (row) => row.blocked ?? 0, least: 'wide' },
        ]} />
    </Panel>
  );
}

// Hours are counted in UTC; they stand here as the reader's clock has them.
function Hours({ board }: { board: Dashboard }) {
  const shift = -Math.round(new Date().getTimezoneOffset() / 60);
  const byHour = new Map(board.hours.map((row) => [(row.hour + shift + 24) % 24, row.transactions]));
  const hours = Array.from({ length: 24 }, (_, hour) => ({ hour, value: byHour.get(hour) ?? 0 }));
  const most = Math.max(...hours.map(({ value }) => value), 1);
  const [asTable, setAsTable] = useState(false);
  return (
    <Panel title="By hour of the day" tools={<button type="button" class="quiet" onClick={() => setAsTable(!asTable)}>{asTable ? 'Chart' : 'Table'}</button>}>
      {asTable ? <div class="hours-table" tabIndex={0} role="group" aria-label="Transactions by hour, as a table"><Table label="Transactions by hour" rows={hours} idOf={({ hour }) => String(hour)} columns={[
        { key: 'hour', title: `Hour (${zone()})`, cell: ({ hour }) => `${String(hour).padStart(2, '0')}:00` },
        { key: 'value', title: 'Transactions', number: true, cell: ({ value }) => count(value), sort: ({ value }) => value }]} /></div>
        : <svg class="hours" viewBox="0 0 288 132" role="img" aria-label="Transactions by hour of the day; the same figures are in the table">
            {hours.map(({ hour, value }) => (
              <g key={hour}><rect class="fill-plain" x={hour * 12 + 1} width="10" y={112 - (value / most) * 108} height={(value / most) * 108} rx="1" />
                <rect class="hours-aim" x={hour * 12} width="12" y="0" height="112" /><title>{`${String(hour).padStart(2, '0')}:00, ${count(value)}`}</title>
                {hour % 6 === 0 && <text x={hour * 12 + 1} y="127">{String(hour).padStart(2, '0')}:00</text>}</g>))}
          </svg>}
      <p class="panel-note">Transactions, in {zone()}</p>
    </Panel>
  );
}

const SENT_AND_RECEIVED = [{ kind: 'series-1', word: 'Sent' }, { kind: 'series-2', word: 'Received' }];
const bar = (id: string, name: string, use: Use, note: string, to?: string): Bar =>
  ({ id, name, note, to, parts: [{ kind: 'series-1', value: use.sent, word: 'sent' }, { kind: 'series-2', value: use.received, word: 'received' }] });

function TopEntities({ board }: { board: Dashboard }) {
  const [what, setWhat] = useState('users');
  const bars = what === 'users'
    ? (board.top_users ?? []).map((row) => bar(row.user, row.user || 'nobody known', row, one(row.apps, 'app'),
        row.user ? `/users/${encodeURIComponent(row.user)}` : undefined))
    : (board.top_addresses ?? []).map((row) => bar(row.address, row.address, row, one(row.users, 'user'),
        `/activities?ip=${encodeURIComponent(row.address)}`));
  return (
    <Panel title="Top entities" tools={<Segments label="Top" value={what} onChange={setWhat}
      options={[{ value: 'users', title: 'Users' }, { value: 'addresses', title: 'Addresses' }]} />}>
      <Legend items={SENT_AND_RECEIVED} />
      <Bars label={`Top ${what}`} show={bytes} bars={bars} />
    </Panel>
  );
}

const COUNTRIES = [{ value: 'people', title: 'People' }, { value: 'vendors', title: 'Vendors' }];

// Where those sit who use apps, or those who make them.
function Countries({ board }: { board: Dashboard }) {
  const [whose, setWhose] = useState('people');
  const rows = whose === 'people' ? board.top_countries.map((row) => ({ ...row, note: one(row.users, 'user') }))
    : board.headquarters.map((row) => ({ ...row, note: one(row.apps, 'app') }));
  const label = whose === 'people' ? 'Countries of clients' : 'Headquarters of vendors';
  return (
    <Panel title="Countries" class="span-all" tools={<Segments label="Countries of" options={COUNTRIES} value={whose} onChange={setWhose} />}>
      <div class="beside">
        <World label={`${label}: the same figures are in the list`} show={bytes} values={new Map(rows.map((row) => [row.country, traffic(row)]))} />
        <div><Legend items={SENT_AND_RECEIVED} /><Bars label={label} show={bytes} bars={rows.slice(0, 12).map((row) => bar(row.country, country(row.country), row, row.note,
          whose === 'people' && !row.country.includes('unknown') ? on('/apps', { country: row.country }) : undefined))} /></div>
      </div>
    </Panel>
  );
}

function Beside({ others, leaks }: { others: Loaded<Alternatives>; leaks: Loaded<Leakage> }) {
  // Only sanctioned apps are proposed: their names are few.
  const sanctioned = useLoad<{ id: string; name: string }[]>('apps', { tag: 'sanctioned' });
  const names = useMemo(() => new Map((sanctioned.value ?? []).map(({ id, name }) => [id, name])), [sanctioned.value]);
  return (
    <>
      <Panel title="A sanctioned app would do" class="span-two flush">
        {others.failure && <Refused failure={others.failure} again={others.again} />}
        {!others.value && others.loading && <Waiting rows={4} />}
        {others.value && (others.value.alternatives.length === 0
          ? <Nothing title="No app is used where a sanctioned one of its category exists" />
          : <Table label="Apps with a sanctioned alternative" rows={others.value.alternatives.slice(0, 10)} idOf={(row) => row.app} columns={[
              { key: 'app', title: 'In use', cell: (row) => <><Link to={`/apps/${row.app}`} class="strong">{row.name}</Link><span class="cell-note">{wordy(row.category)}</span></> },
              { key: 'instead', title: 'Sanctioned instead', grow: true, cell: (row) => row.alternatives.map((app, n) =>
                <Fragment key={app}>{n > 0 && ', '}<Link to={`/apps/${app}`}>{names.get(app) ?? wordy(app)}</Link></Fragment>) },
              { key: 'users', title: 'Users', number: true, cell: (row) => count(row.users), sort: (row) => row.users },
              { key: 'sent', title: 'Sent', number: true, cell: (row) => bytes(row.sent), sort: (row) => row.sent },
            ]} />)}
      </Panel>
      <Panel title="Uploads to apps that are not sanctioned">
        {leaks.failure && <Refused failure={leaks.failure} again={leaks.again} />}
        {!leaks.value && leaks.loading && <Waiting rows={4} />}
        {leaks.value && (leaks.value.leakage.length === 0
          ? <Nothing title="No uploads to such apps" />
          : <><Legend items={STANDINGS.slice(1)} />
              <Bars label="Uploads to apps that are not sanctioned, by category" show={bytes} bars={leaks.value.leakage.slice(0, 8).map((row) => ({
                id: row.category, name: wordy(row.category), note: one(row.uploads, 'upload'), to: on('/apps', { category: row.category }),
                parts: [{ kind: 'unsanctioned', value: row.unsanctioned_bytes, word: 'unsanctioned' },
                  { kind: 'other', value: row.other_bytes, word: 'other' }] }))} /></>)}
      </Panel>
    </>
  );
}

export function Discover() {
  const range = readRange();
  const { value: board, failure, loading, again } = useLoad<Dashboard>('discovery/dashboard', { since: range });
  const others = useLoad<Alternatives>('discovery/alternatives', { since: range });
  const leaks = useLoad<Leakage>('discovery/leakage', { since: range });
  return (
    <Page title="Discovery" note={board && `${board.since} to ${board.until}`}
      tools={<Segments label="Time" options={RANGES} value={range} onChange={(value) => setQuery({ range: value === '30d' ? undefined : value })} />}>
      {failure && <Refused failure={failure} again={again} />}
      {!board && loading && <Waiting rows={16} />}
      {board && board.transactions + (board.blocked ?? 0) === 0 && (
        <Nothing title="No use of cloud apps in this time">
          Point a browser at the proxy, or read other gateways' logs with <code>sallyport discover import</code>.
        </Nothing>
      )}
      {board && board.transactions + (board.blocked ?? 0) > 0 && (
        <div class={`board${loading ? ' stale' : ''}`}>
          <Figures board={board} />
          <OverTime board={board} />
          <Categories board={board} />
          <Risks board={board} />
          <Hours board={board} />
          <TopApps rows={board.top_apps} alone={!board.top_users} />
          {board.top_users && <TopEntities board={board} />}
          <Beside others={others} leaks={leaks} />
          <Countries board={board} />
          {(board.uncounted_events > 0 || board.beyond_limits > 0) && (
            <p class="board-note">{board.uncounted_events > 0 && `${one(board.uncounted_events, 'event')} not counted yet. `}
              {board.beyond_limits > 0 && `${count(board.beyond_limits)} beyond what is counted.`}</p>
          )}
        </div>
      )}
    </Page>
  );
}
