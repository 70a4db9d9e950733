// One app, or one domain of no app: what is known of it, how it is used, by whom, and what else there is.

import { ask, isMissing, mayHandle, mayOperate } from '../base/api';
import { bytes, compact, count, one, percent } from '../base/format';
import { useLoad } from '../base/load';
import { RANGES, readRange } from '../base/ranges';
import { go, href, place, segments, setQuery } from '../base/router';
import { country, riskOf, wordy } from '../base/words';
import { RiskScore, Tags, Verdict } from '../parts/badges';
import { Bars, type Bar } from '../parts/bars';
import { allDays, Chart } from '../parts/chart';
import { Segments } from '../parts/controls';
import { Link } from '../parts/link';
import { Facts, Page, Panel } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table } from '../parts/table';
import { Time } from '../parts/time';
import { attempt } from '../parts/toast';
import type { ActivityRow } from './activity_types';
import type { DayRow, Report, Use } from './discovery_types';
import { AppRisk, type RiskMade } from './app_risk';
import { Consents, Instances } from './app_tenants';
import { StandingButtons } from './tagging';

type Entity = Use & { users?: number; first_seen: string; last_seen: string };

interface AppUse extends Report, Use {
  app?: string; name?: string; category?: string; tags?: string[];
  risk_score?: number; risk_level?: string; risk_known?: number;
  risk_general?: number; risk_security?: number; risk_compliance?: number; risk_legal?: number;
  first_seen: string; last_seen: string; users: number; users_blocked: number; addresses: number; devices: number;
  download_bytes: number;
  top_users?: (Entity & { user: string; groups?: string[] })[];
  top_addresses?: (Entity & { address: string })[];
  top_devices: (Entity & { device: string })[];
  top_countries: (Entity & { country: string })[];
  days: DayRow[];
}

interface ImportOrigin { name: string; license: string; origin: string; who: string; date: string }
interface CatalogApp {
  id: string; name: string; vendor: string; category: string; tags: string[]; domains: string[]; ranges?: string[]; imported?: ImportOrigin; risk?: RiskMade;
  by_hand: { tag: string; edit: string; who: string; at: string; in_force: boolean }[];
}

interface Alternative { app: string; name: string; risk_score?: number; tags?: string[]; users: number; share_of_users: number }

const GROUPS = ['general', 'security', 'compliance', 'legal'] as const;

function Risk({ use }: { use: AppUse }) {
  const scores = GROUPS.map((group) => ({ group, value: use[`risk_${group}`] ?? -1 })).filter(({ value }) => value >= 0);
  return (
    <Panel title="Risk" tools={<RiskScore score={use.risk_score} />}>
      {scores.length === 0 ? <Nothing title="Nothing is known of its risk" /> : <>
        <ul class="scores" aria-label="Scores by group; 10 is the safest">
          {scores.map(({ group, value }) => (
            <li key={group}><span>{wordy(group)}</span>
              <svg class="bar" width="100%" height="8" aria-hidden="true"><rect class="bar-ground" width="100%" height="8" rx="1" />
                <rect class={`fill-risk-${riskOf(value)}`} width={`${value * 10}%`} height="8" rx="1" /></svg>
              <span class="bar-value">{value} of 10</span></li>
          ))}
        </ul>
        {use.risk_known !== undefined && <p class="panel-note">{percent(use.risk_known)} of what is asked is known; what is not counts as doubt.</p>}
      </>}
    </Panel>
  );
}

function UseOf({ use }: { use: AppUse }) {
  const days = allDays(use.since, use.until);
  const byDay = new Map(use.days.map((row) => [row.day, row]));
  const over = place.value.query.get('over') ?? 'traffic';
  const values = (pick: (row: DayRow) => number): number[] => days.map((day) => { const row = byDay.get(day); return row ? pick(row) : 0; });
  const series = over === 'users' ? [{ title: 'Users', kind: 'one' as const, values: values((row) => row.users) }]
    : over === 'transactions' ? [{ title: 'Transactions', kind: 'one' as const, values: values((row) => row.transactions) },
        { title: 'Blocked', kind: 'bad' as const, values: values((row) => row.blocked ?? 0) }]
      : [{ title: 'Sent', kind: 'one' as const, values: values((row) => row.sent) }, { title: 'Received', kind: 'two' as const, values: values((row) => row.received) }];
  const bar = (id: string, row: Use, note: string, to?: string, name = id): Bar =>
    ({ id, name, note, to, parts: [{ kind: 'series-1', value: row.sent, word: 'sent' }, { kind: 'series-2', value: row.received, word: 'received' }] });
  return (
    <>
      <Panel title="Over time" class="span-all" tools={<Segments label="Over time by" value={over} onChange={(value) => setQuery({ over: value === 'traffic' ? undefined : value }, 'replace')}
        options={['traffic', 'users', 'transactions'].map((value) => ({ value, title: wordy(value) }))} />}>
        <Chart label={`${wordy(over)} by day`} days={days} series={series} show={over === 'traffic' ? bytes : compact} />
      </Panel>
      {use.top_users && <Panel title={`Users (${count(use.users)})`}>
        <Bars label="Users" show={bytes} bars={use.top_users.slice(0, 12).map((row) => bar(row.user, row, one(row.transactions, 'time'),
          row.user ? `/users/${encodeURIComponent(row.user)}` : undefined, row.user || 'nobody known'))} />
      </Panel>}
      {use.top_addresses && <Panel title={`Addresses (${count(use.addresses)})`}>
        <Bars label="Addresses" show={bytes} bars={use.top_addresses.slice(0, 12).map((row) => bar(row.address, row, one(row.users ?? 0, 'user'),
          `/activities?ip=${encodeURIComponent(row.address)}`))} />
      </Panel>}
      <Panel title="Devices and countries">
        <Bars label="Devices" show={bytes} bars={use.top_devices.slice(0, 6).map((row) => bar(row.device, row, one(row.users ?? 0, 'user')))} />
        <h3 class="panel-sub">Countries</h3>
        <Bars label="Countries" show={bytes} bars={use.top_countries.slice(0, 5).map((row) => bar(row.country, row, one(row.users ?? 0, 'user'), undefined, country(row.country)))} />
      </Panel>
    </>
  );
}

function Recent({ id }: { id: string }) {
  const { value, failure, again } = useLoad<{ activities: ActivityRow[] }>('activities', { app: id, limit: 12 }, 15_000);
  return (
    <Panel title="Activities now" class="span-all flush" tools={<><Link to="/files" query={{ app: id }}>Files</Link><Link to="/activities" query={{ app: id }}>All in the log</Link></>}>
      {failure && <Refused failure={failure} again={again} />}
      {!value && !failure && <Waiting rows={4} />}
      {value && (value.activities.length === 0 ? <Nothing title="None is kept" />
        : <Table label="Latest activities" rows={value.activities} idOf={(row) => row.id} onOpen={(row) => go(href('/activities', { app: id, id: row.id }))} columns={[
            { key: 'time', title: 'Time', cell: (row) => <Time at={row.time} seconds /> },
            { key: 'user', title: 'User', cell: (row) => row.user ? <Link to={`/users/${encodeURIComponent(row.user)}`}>{row.user}</Link> : '–' },
            { key: 'type', title: 'Activity', grow: true, cell: (row) => wordy(row.type) },
            { key: 'verdict', title: 'Verdict', cell: (row) => <Verdict action={row.action} ending={row.ending} /> },
          ]} />)}
    </Panel>
  );
}

interface FileRow { name: string; family?: string; type?: string; size?: number; uploads: number; downloads: number; sharing?: string }

// What kinds of files were uploaded, as far as files are kept.
function FileKinds({ id, range }: { id: string; range: string }) {
  const { value, failure, loading, again } = useLoad<{ files: FileRow[]; total: number }>('files', { app: id, since: range, limit: 1000 });
  const kinds = new Map<string, { files: number; uploads: number }>();
  for (const file of value?.files ?? []) {
    if (file.uploads === 0) continue;
    const kind = file.family ?? /\.[a-z0-9]{1,5}$/i.exec(file.name)?.[0].toLowerCase() ?? 'other';
    const sum = kinds.get(kind) ?? { files: 0, uploads: 0 };
    kinds.set(kind, { files: sum.files + 1, uploads: sum.uploads + file.uploads });
  }
  const rows = [...kinds].sort((a, b) => b[1].uploads - a[1].uploads).slice(0, 10);
  const open = (value?.files ?? []).filter(({ sharing }) => sharing === 'anyone').length;
  return (
    <Panel title="Kinds of files uploaded" tools={<Link to="/files" query={{ app: id }}>Files</Link>}>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={5} />}
      {value && (rows.length === 0 ? <Nothing title="No file was uploaded" /> : <Bars label="Kinds of files uploaded" show={compact} bars={rows.map(([kind, sum]) => ({ id: kind, name: wordy(kind),
        note: one(sum.files, 'file'), parts: [{ kind: 'plain', value: sum.uploads, word: 'uploads' }] }))} />)}
      {open > 0 && <p class="panel-note"><Link to="/files" query={{ app: id, sharing: 'anyone' }}>{one(open, 'file')} open to anyone</Link></p>}
    </Panel>
  );
}

function Alternatives({ id }: { id: string }) {
  const { value } = useLoad<{ alternatives: Alternative[] }>(`discovery/alternatives/${encodeURIComponent(id)}`, { limit: 6 });
  if (!value || value.alternatives.length === 0) return null;
  return (
    <Panel title="Others of its category" class="flush">
      <Table label="Alternatives" rows={value.alternatives.slice(0, 6)} idOf={(row) => row.app} columns={[
        { key: 'name', title: 'App', grow: true, cell: (row) => <Link to={`/apps/${encodeURIComponent(row.app)}`} class="strong">{row.name}</Link> },
        { key: 'tags', title: 'Tags', cell: (row) => <Tags tags={row.tags} /> },
        { key: 'risk', title: 'Score', cell: (row) => <RiskScore score={row.risk_score} /> },
        { key: 'users', title: 'Users', number: true, cell: (row) => count(row.users) },
      ]} />
    </Panel>
  );
}

function About({ app, use, again }: { app: CatalogApp; use: AppUse | undefined; again: () => void }) {
  const hand = app.by_hand.filter(({ in_force: held }) => held);
  return (
    <Panel title="About">
      <Facts facts={[
        ['Vendor', app.vendor || '–'], ['Category', <Link to="/apps" query={{ category: app.category }}>{wordy(app.category)}</Link>],
        ...(app.domains.length > 0 ? [['Domains', app.domains.join(', ')]] as [string, preact.ComponentChildren][] : []),
        ...(app.ranges ? [['Ranges of addresses', app.ranges.join(', ')]] as [string, preact.ComponentChildren][] : []),
        ...(app.imported ? [['Known by an import', `${app.imported.name}, from ${app.imported.origin}, by ${app.imported.who}, ${app.imported.date}`],
          ['License of that data', app.imported.license]] as [string, preact.ComponentChildren][] : []),
        ['Id in policies', <code>{app.id}</code>],
        ...(use ? [['First seen', <Time at={use.first_seen} />], ['Last seen', <Time at={use.last_seen} />]] as [string, preact.ComponentChildren][] : []),
        ...(hand.length === 0 ? [] : [['Changed by hand', <>{hand.map((change) => (
          <div key={change.tag}>{change.edit === 'add' ? '' : 'not '}{change.tag}, by {change.who}, <Time at={change.at} /></div>))}
          {mayOperate() && <button type="button" onClick={() => void attempt(async () => {
            await ask(`apps/${encodeURIComponent(app.id)}/by-hand`, { method: 'DELETE' });
            again();
          }, `${app.name}: as the files say again`)}>As the files say</button>}</>] as [string, preact.ComponentChildren]]),
      ]} />
    </Panel>
  );
}

export function AppPage() {
  const id = segments.value[1] ?? '';
  const range = readRange();
  const use = useLoad<AppUse>(`discovery/app/${encodeURIComponent(id)}`, { since: range });
  const app = useLoad<CatalogApp>(`apps/${encodeURIComponent(id)}`);
  const unused = isMissing(use.failure) || (use.value !== undefined && use.value.transactions + (use.value.blocked ?? 0) === 0);
  const used = unused ? undefined : use.value;
  const unknown = isMissing(app.failure);
  const name = app.value?.name ?? use.value?.name ?? id;
  const again = (): void => { app.again(); use.again(); };
  return (
    <Page title={name} above={{ to: '/apps', title: 'Apps' }} note={app.value ? app.value.tags.length > 0 && <Tags tags={app.value.tags} /> : unknown && 'not in the catalog'}
      tools={<>
        {app.value && mayOperate() && <StandingButtons apps={[app.value]} onDone={again} />}
        <Segments label="Time" options={RANGES} value={range} onChange={(value) => setQuery({ range: value === '30d' ? undefined : value })} />
      </>}>
      {use.failure && !isMissing(use.failure) && <Refused failure={use.failure} again={use.again} />}
      {app.failure && !unknown && <Refused failure={app.failure} again={app.again} />}
      {unused && unknown && <Nothing title={`Nothing is known of ${id}`}>It is not in the catalog, and nobody used it in this time.</Nothing>}
      {!use.value && !use.failure && <Waiting rows={12} />}
      <div class={`board${use.loading && use.value ? ' stale' : ''}`}>
        {used && (
          <dl class="figures" aria-label="In all">
            {([['Users', compact(used.users), used.users_blocked > 0 ? `${compact(used.users_blocked)} were blocked` : ''],
              ['Addresses', compact(used.addresses), ''], ['Devices', compact(used.devices), ''],
              ['Sent', bytes(used.sent), 'to it'], ['Received', bytes(used.received), 'from it'],
              ['Uploads', compact(used.uploads), bytes(used.upload_bytes)], ['Downloads', compact(used.downloads ?? 0), bytes(used.download_bytes)],
              ['Blocked', compact(used.blocked ?? 0), `of ${compact(used.transactions + (used.blocked ?? 0))}`]] as const)
              .map(([title, value, note]) => <div key={title} class="figure"><dt>{title}</dt><dd>{value}{note && <span class="figure-note">{note}</span>}</dd></div>)}
          </dl>
        )}
        {unused && !unknown && app.value && <div class="span-all"><Nothing title="Nobody used it in this time" /></div>}
        {app.value && <About app={app.value} use={used} again={again} />}
        {app.value?.risk ? <AppRisk risk={app.value.risk} /> : use.value && !unknown && <Risk use={use.value} />}
        {used && <UseOf use={used} />}
        {app.value && mayHandle() && <FileKinds id={id} range={range} />}
        {app.value && <Alternatives id={id} />}
        {used && mayHandle() && <Recent id={id} />}
        {app.value && mayHandle() && <Instances id={id} range={range} />}
        {app.value && mayHandle() && <Consents id={id} range={range} />}
      </div>
    </Page>
  );
}
