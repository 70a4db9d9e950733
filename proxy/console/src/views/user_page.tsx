// One person: who they are, what they do and where, their alerts, and what can be done.

import { useState } from 'preact/hooks';
import { isMissing, mayOperate } from '../base/api';
import { ago, bytes, compact, count, one } from '../base/format';
import { useLoad } from '../base/load';
import { RANGES, readRange } from '../base/ranges';
import { go, href, inside, segments, setQuery } from '../base/router';
import { country, wordy } from '../base/words';
import { Severity } from '../parts/badges';
import { Bars } from '../parts/bars';
import { allDays, Chart, type Series } from '../parts/chart';
import { Segments } from '../parts/controls';
import { Link } from '../parts/link';
import { Facts, Page, Panel } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table } from '../parts/table';
import { Time } from '../parts/time';
import { World } from '../parts/world';
import type { Dashboard, DayRow } from './discovery_types';
import type { Person, SeenIn } from './person_types';
import { AskApp } from './app_actions';
import { RevealName } from './reveal_name';
import { Lift, suspensionTitle, type Suspension } from './suspensions';
import { AskUser, SuspendUser } from './user_actions';
import { Timeline } from './user_timeline';

function Figures({ person }: { person: Person }) {
  const figures: [string, string, string?][] = [
    ['Activities', compact(person.activities), person.stopped > 0 ? `${compact(person.stopped)} stopped` : ''],
    ['Apps', compact(person.apps.length)], ['Sent', bytes(person.bytes_in)], ['Received', bytes(person.bytes_out)],
    ['Sign-ins', compact(person.logins), person.failed_logins > 0 ? `${compact(person.failed_logins)} failed` : ''],
    ['Addresses', compact(person.addresses.length)], ['Countries', compact(person.countries.length)], ['Alerts', compact(person.alerts.length)],
  ];
  return <dl class="figures" aria-label="In all">{figures.map(([name, value, note]) => (
    <div key={name} class="figure"><dt>{name}</dt><dd>{value}{note && <span class="figure-note">{note}</span>}</dd></div>))}</dl>;
}

function OverTime({ user, range }: { user: string; range: string }) {
  const { value, failure, again } = useLoad<Dashboard>('discovery/dashboard', { user, since: range });
  const days = value ? allDays(value.since, value.until) : [];
  const byDay = new Map((value?.days ?? []).map((row) => [row.day, row]));
  const line = (title: string, kind: Series['kind'], pick: (row: DayRow) => number): Series =>
    ({ title, kind, values: days.map((day) => { const row = byDay.get(day); return row ? pick(row) : 0; }) });
  return (
    <Panel title="Over time" class="span-all">
      {failure && <Refused failure={failure} again={again} />}
      {!value && !failure && <Waiting rows={6} />}
      {value && <Chart label="Traffic by day" days={days} show={bytes}
        series={[line('Sent', 'one', (row) => row.sent), line('Received', 'two', (row) => row.received)]} />}
    </Panel>
  );
}

function Alerts({ person }: { person: Person }) {
  return (
    <Panel title="Alerts" class="span-two flush" tools={<Link to="/alerts" query={{ user: person.user, state: 'all' }}>In the queue</Link>}>
      {person.alerts.length === 0 ? <Nothing title="None" /> : (
        <Table label="Alerts" rows={person.alerts.slice(0, 10)} idOf={(row) => row.id} onOpen={(row) => go(href('/alerts', { user: person.user, state: 'all', id: row.id }))} columns={[
          { key: 'severity', title: 'Severity', cell: (row) => <Severity value={row.severity} /> },
          { key: 'policy', title: 'Alert', grow: true, cell: (row) => <Link to="/alerts" query={{ user: person.user, state: 'all', id: row.id }} class="strong">{row.policy}</Link> },
          { key: 'app', title: 'App', least: 'middle', cell: (row) => row.app_name ?? '–' },
          { key: 'time', title: 'Raised', cell: (row) => <Time at={row.time} /> },
        ]} />
      )}
    </Panel>
  );
}

function Use({ person }: { person: Person }) {
  const plain = (row: SeenIn) => [{ kind: 'plain', value: row.activities, word: '' }];
  const [most, setMost] = useState(15);
  const some = [...person.apps].sort((a, b) => b.activities - a.activities).slice(0, most);
  const busy = <Row extends SeenIn>(rows: Row[], most = 8): Row[] => [...rows].sort((a, b) => b.activities - a.activities).slice(0, most);
  return (
    <>
      <Panel title="Apps" class="span-two flush">
        <Table label="Apps" rows={some} idOf={(row) => row.app} keys onOpen={(row) => go(href('/activities', { user: person.user, app: row.app }))} columns={[
          { key: 'app', title: 'App', grow: true, sort: (row) => row.name ?? row.app, cell: (row) => <><Link to={`/apps/${encodeURIComponent(row.app)}`} class="strong">{row.name ?? row.app}</Link>
            <span class="cell-note">{wordy(row.category)}</span></> },
          { key: 'activities', title: 'Activities', number: true, sort: (row) => row.activities, cell: (row) => count(row.activities) },
          { key: 'uploads', title: 'Uploads', number: true, sort: (row) => row.uploads, cell: (row) => count(row.uploads) },
          { key: 'downloads', title: 'Downloads', number: true, least: 'middle', sort: (row) => row.downloads, cell: (row) => count(row.downloads) },
          { key: 'shares', title: 'Shares', number: true, least: 'wide', sort: (row) => row.shares, cell: (row) => count(row.shares) },
          { key: 'stopped', title: 'Stopped', number: true, least: 'middle', sort: (row) => row.stopped, cell: (row) => count(row.stopped) },
          { key: 'sent', title: 'Sent', number: true, sort: (row) => row.bytes_in, cell: (row) => bytes(row.bytes_in) },
          { key: 'last', title: 'Last', least: 'wide', sort: (row) => row.last_seen, cell: (row) => <Time at={row.last_seen} relative /> },
        ]} />
        {person.apps.length > most && <div class="sheet-foot"><span>{count(most)} of {count(person.apps.length)}</span>
          <button type="button" class="quiet" onClick={() => setMost(most + 100)}>Show more</button></div>}
      </Panel>
      <Panel title="From where, with what">
        <h3 class="panel-sub first">Addresses</h3>
        <Bars label="Addresses" show={compact} bars={busy(person.addresses).map((row) => ({ id: row.address, name: row.address, note: row.category ? wordy(row.category).toLowerCase() : row.isp,
          to: `/activities?user=${encodeURIComponent(person.user)}&ip=${encodeURIComponent(row.address)}`, parts: plain(row) }))} />
        <h3 class="panel-sub">Devices</h3>
        <Bars label="Devices" show={compact} bars={busy(person.devices).map((row) => ({ id: row.device, name: row.device, parts: plain(row) }))} />
      </Panel>
      <Panel title="Countries" class="span-all">
        {person.countries.length === 0 ? <Nothing title="No address of theirs has a place">Places come with <code>sallyport geo build</code>.</Nothing> : <div class="beside">
          <World label="Countries they were in: the same figures are in the list" show={compact} values={new Map(person.countries.map((row) => [row.country, row.activities]))} />
          <Bars label="Countries" show={compact} bars={busy(person.countries, 12).map((row) => ({ id: row.country, name: country(row.country), note: `last ${ago(new Date(row.last_seen))}`,
            to: inside('/activities', { user: person.user, q: `client.ip.country: ${row.country}` }), parts: plain(row) }))} /></div>}
      </Panel>
    </>
  );
}

export function UserPage() {
  const name = segments.value[1] ?? '';
  const range = readRange('90d');
  const { value: person, failure, loading, again } = useLoad<Person>(`users/${encodeURIComponent(name)}`, { since: range });
  const standing = useLoad<{ suspensions: Suspension[] }>('suspensions', { user: name });
  const [open, setOpen] = useState<'suspend' | 'sign_in_again' | 'step_up' | 'ask' | 'app' | null>(null);
  const renew = (): void => { standing.again(); again(); };
  const suspensions = standing.value?.suspensions ?? [];
  return (
    <Page title={person?.user ?? name} above={{ to: '/users', title: 'Identities' }} note={person && (person.groups.join(', ') || 'no groups')}
      tools={<>
        {person && mayOperate() && <><button type="button" onClick={() => setOpen('ask')}>Ask…</button>
          <button type="button" onClick={() => setOpen('app')}>At an app…</button>
          <button type="button" onClick={() => setOpen('step_up')}>Second factor…</button>
          <button type="button" onClick={() => setOpen('sign_in_again')}>End sessions…</button>
          <button type="button" class="danger" onClick={() => setOpen('suspend')}>Suspend…</button></>}
        <Link to="/activities" query={{ user: person?.user ?? name }} class="button">Activities</Link>
        <Segments label="Time" options={RANGES.slice(0, 3)} value={range} onChange={(value) => setQuery({ range: value === '90d' ? undefined : value })} />
      </>}>
      {failure && (isMissing(failure) ? <Nothing title={`Nobody knows ${name}`}>No directory lists them, and nothing of theirs is kept.</Nothing>
        : <Refused failure={failure} again={again} />)}
      {!person && loading && <Waiting rows={12} />}
      {person && <RevealName key={person.user} user={person.user} />}
      {suspensions.map((suspension) => (
        <div key={suspension.id} class={`notice ${suspension.asks ? 'warn' : 'bad'}`} role="status">
          <span><strong>{suspensionTitle(suspension)}</strong> {suspension.reach === 'everything' ? 'everywhere' : `in ${suspension.app ?? suspension.reach}`}
            {suspension.until && <> until <Time at={suspension.until} /></>}{suspension.reason && `: ${suspension.reason}`}</span>
          {mayOperate() && <Lift suspension={suspension} onDone={renew} />}
        </div>
      ))}
      {person && (
        <div class={`board${loading ? ' stale' : ''}`}>
          <Figures person={person} />
          <Panel title="Who"><Facts facts={[
            ['Names', person.names.join(', ')], ...(person.links ?? []).filter(({ url }) => /^https?:\/\//.test(url)).map((link): [string, preact.ComponentChildren] => [link.name, <a href={link.url} target="_blank" rel="noreferrer noopener">{link.url.split('/')[2]}</a>]), ['Domain', person.domain || '–'], ['Groups', person.groups.join(', ') || '–'],
            ['Manager', person.manager || '–'], ['Directory', person.listed ? 'listed' : 'not listed'],
            ['First seen', <Time at={person.first_seen} />], ['Last seen', <Time at={person.last_seen} />],
            ['Last logon', person.last_logon ? `${person.last_logon}, at the directory` : '–'],
          ]} /></Panel>
          <Alerts person={person} />
          <OverTime user={person.user} range={range} />
          <Timeline user={person.user} range={range} alerts={person.alerts} />
          <Use person={person} />
        </div>
      )}
      {person && (open === 'step_up' || open === 'sign_in_again') && <SuspendUser user={person.user} asks={open} onClose={() => setOpen(null)} onDone={renew} />}
      {person && open === 'suspend' && <SuspendUser user={person.user} onClose={() => setOpen(null)} onDone={renew} />}
      {person && open === 'app' && <AskApp user={person.user} onClose={() => setOpen(null)} />}
      {person && open === 'ask' && <AskUser user={person.user} onClose={() => setOpen(null)} onDone={() => undefined} />}
      {person && person.activities === 0 && <p class="board-note">{one(0, 'activity', 'activities')} in this time.</p>}
    </Page>
  );
}
