// What stands around an activity: its person, its address and what is like it, each looked up when its tab is opened. Who
// looks at a person is recorded, so nothing of this is asked before.

import { useState } from 'preact/hooks';
import { mayOperate } from '../base/api';
import { bytes, compact, count, one, percent } from '../base/format';
import { useLoad } from '../base/load';
import { go, href, inside, place } from '../base/router';
import { country, wordy } from '../base/words';
import { Severity, Verdict } from '../parts/badges';
import { Bars } from '../parts/bars';
import { allDays } from '../parts/chart';
import { Segments } from '../parts/controls';
import { Link } from '../parts/link';
import { RangeProposal } from '../parts/range_proposal';
import { Spark } from '../parts/spark';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table } from '../parts/table';
import { Time } from '../parts/time';
import type { Alert } from './alert_types';
import type { ActivityRow, EventRecord } from './activity_types';
import type { Dashboard } from './discovery_types';
import type { Person, SeenIn } from './person_types';
import { AskUser, SuspendUser } from './user_actions';

const SPAN = '30d';
const RARE = 0.05; // share of somebody's activities below which something is rare for them

const to = (user: string): string => `/users/${encodeURIComponent(user)}`;

function SmallFigures({ label, of }: { label: string; of: readonly [string, string][] }) {
  return <dl class="small-figures" aria-label={label}>{of.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

function AlertLines({ alerts }: { alerts: readonly Alert[] }) {
  if (alerts.length === 0) return <p class="none">No open alert.</p>;
  return (
    <ul class="lines">{alerts.slice(0, 5).map((alert) => (
      <li key={alert.id}><Severity value={alert.severity} /><Link to="/alerts" query={{ id: alert.id, state: 'all' }}>{alert.policy}</Link><Time at={alert.time} relative /></li>))}
      {alerts.length > 5 && <li class="none">and {count(alerts.length - 5)} more</li>}</ul>
  );
}

interface Habit { name: string; value: string; seen: SeenIn | undefined }

// How usual this place, app and device are for that person. It was their first time where nothing of theirs is older.
function Habits({ event, person }: { event: EventRecord; person: Person }) {
  const app = person.apps.find((row) => row.app === event.app?.id);
  const habits: Habit[] = [];
  if (event.app) habits.push({ name: 'App', value: event.app.name, seen: app });
  if (event.client?.ip) habits.push({ name: 'Address', value: event.client.ip, seen: person.addresses.find((row) => row.address === event.client?.ip) });
  if (event.client?.country) habits.push({ name: 'Country', value: country(event.client.country), seen: person.countries.find((row) => row.country === event.client?.country) });
  const { agent } = event;
  const device = [agent?.device, agent?.os, agent?.browser].filter(Boolean).join(', ').toLowerCase();
  const used = person.devices.find((row) => row.device.toLowerCase() === device);
  if (used) habits.push({ name: 'Device', value: used.device, seen: used });
  const words = ({ seen }: Habit): [string, string] => {
    if (!seen) return ['none', 'not counted yet'];
    if (Date.parse(seen.first_seen) >= Date.parse(event.time) - 1000) return ['verdict caution', 'the first time'];
    const share = seen.activities / Math.max(person.activities, 1);
    return [share < RARE ? 'verdict caution' : 'none', `${share < RARE ? 'rare, ' : ''}${percent(share)} of what they do`];
  };
  return (
    <section><h3>How usual this is for them</h3>
      <dl class="facts">{habits.map((habit) => {
        const [kind, text] = words(habit);
        return <div key={habit.name}><dt>{habit.name}</dt><dd>{habit.value}<br /><span class={kind}>{text}</span>
          {habit.seen && <span class="none">, first <Time at={habit.seen.first_seen} /></span>}</dd></div>;
      })}</dl>
    </section>
  );
}

export function UserInsight({ event }: { event: EventRecord }) {
  const user = event.user ?? '';
  const { value, failure, loading, again } = useLoad<Person>(user ? `users/${encodeURIComponent(user)}` : null, { since: SPAN });
  const [open, setOpen] = useState<'ask' | 'suspend' | null>(null);
  if (!user) return <Nothing title="Nobody knows who it was">The connection carried no name, and its address belongs to nobody.</Nothing>;
  if (failure) return <Refused failure={failure} again={again} />;
  if (!value) return loading ? <Waiting rows={12} /> : null;
  const most = <Row extends SeenIn>(rows: readonly Row[], n = 5): Row[] => [...rows].sort((a, b) => b.activities - a.activities).slice(0, n);
  const parts = (row: SeenIn) => [{ kind: 'plain', value: row.activities, word: '' }];
  return (
    <>
      <div class="actions"><Link to={to(user)} class="button">The page of {user}</Link>
        {mayOperate() && <><button type="button" onClick={() => setOpen('ask')}>Ask…</button>
          <button type="button" class="danger" onClick={() => setOpen('suspend')}>Suspend…</button></>}</div>
      <SmallFigures label="In 30 days" of={[['Activities', compact(value.activities)], ['Stopped', compact(value.stopped)], ['Apps', compact(value.apps.length)],
        ['Countries', compact(value.countries.length)], ['Addresses', compact(value.addresses.length)],
        ['Sign-ins', value.failed_logins > 0 ? `${compact(value.logins)}, ${compact(value.failed_logins)} failed` : compact(value.logins)]]} />
      <Habits event={event} person={value} />
      <section><h3>Open alerts ({count(value.alerts.filter((alert) => (alert.resolution ?? 'open') === 'open').length)})</h3>
        <AlertLines alerts={value.alerts.filter((alert) => (alert.resolution ?? 'open') === 'open')} /></section>
      <section><h3>Apps of theirs</h3><Bars label="Apps of theirs" show={compact} bars={most(value.apps).map((row) => ({ id: row.app, name: row.name ?? row.app,
        to: inside('/activities', { user, app: row.app }), parts: parts(row) }))} /></section>
      <section><h3>Networks and addresses</h3><Bars label="Addresses of theirs" show={compact} bars={most(value.addresses).map((row) => ({ id: row.address, name: row.address,
        note: [row.isp, row.country && country(row.country)].filter(Boolean).join(', '), to: inside('/activities', { user, ip: row.address }), parts: parts(row) }))} /></section>
      {open === 'ask' && <AskUser user={user} about={event.id} onClose={() => setOpen(null)} onDone={() => undefined} />}
      {open === 'suspend' && <SuspendUser user={user} app={event.app?.id} appName={event.app?.name} onClose={() => setOpen(null)} onDone={again} />}
    </>
  );
}

// Transactions of counted use are those that passed.
const all = (use: { transactions: number; blocked?: number }): number => use.transactions + (use.blocked ?? 0);

export function AddressInsight({ event }: { event: EventRecord }) {
  const address = event.client?.ip ?? '';
  const board = useLoad<Dashboard>(address ? 'discovery/dashboard' : null, { address, since: SPAN });
  const admin = useLoad<{ activities: ActivityRow[]; next: string | null }>(address ? 'activities' : null, { ip: address, filter: 'activity.admin: true', since: SPAN, limit: 100 });
  const alerts = useLoad<Alert[]>(address ? 'alerts' : null, { since: SPAN, limit: 1000 });
  const [proposing, setProposing] = useState(false);
  const { value } = board;
  if (!address) return <Nothing title="Its address is not kept" />;
  const days = value ? allDays(value.since, value.until) : [];
  const byDay = new Map((value?.days ?? []).map((row) => [row.day, all(row)]));
  const own = (alerts.value ?? []).filter((alert) => alert.client === address && (alert.resolution ?? 'open') === 'open');
  const { client } = event;
  return (
    <>
      <div class="actions"><Link to="/activities" query={{ ip: address, range: '30d' }} class="button">Everything from {address}</Link>
        <button type="button" onClick={() => setProposing(true)}>Set as corporate, VPN or risky…</button></div>
      <dl class="facts">
        <div><dt>Where</dt><dd>{client?.country ? country(client.country) : 'unknown'}</dd></div>
        <div><dt>Network</dt><dd>{client?.isp ?? 'unknown'}{client?.asn ? ` (AS${client.asn})` : ''}</dd></div>
        <div><dt>Known as</dt><dd>{[client?.range, client?.category && wordy(client.category).toLowerCase(), ...(client?.tags ?? []).map((tag) => wordy(tag))].filter(Boolean).join(', ') || 'no range of yours'}</dd></div>
      </dl>
      {board.failure && <Refused failure={board.failure} again={board.again} />}
      {!value && board.loading && <Waiting rows={8} />}
      {value && <>
        <SmallFigures label="In 30 days" of={[['Transactions', compact(all(value))], ['Blocked', compact(value.blocked ?? 0)], ['Apps', compact(value.apps)], ['Users', compact(Math.max(value.users, value.top_users?.length ?? 0))],
          ['Sent', bytes(value.sent)], ['Administration', admin.value ? `${compact(admin.value.activities.length)}${admin.value.next ? '+' : ''}` : '…']]} />
        <section><h3>By day</h3><Spark label={`Transactions from ${address} by day`} values={days.map((day) => byDay.get(day) ?? 0)} titles={days} wide /></section>
        {value.top_users && <section><h3>Who is there</h3><Bars label="Users there" show={compact} bars={value.top_users.slice(0, 5).map((row) => ({ id: row.user, name: row.user || 'nobody known',
          to: row.user ? to(row.user) : undefined, parts: [{ kind: 'plain', value: all(row), word: '' }] }))} /></section>}
        <section><h3>Apps used there</h3><Bars label="Apps used there" show={compact} bars={value.top_apps.slice(0, 5).map((row) => ({ id: row.app ?? row.name ?? '', name: row.name ?? row.app ?? '',
          to: inside('/activities', { ip: address, app: row.app }), parts: [{ kind: 'plain', value: all(row), word: '' }] }))} /></section>
      </>}
      <section><h3>Open alerts{alerts.value ? ` (${count(own.length)})` : ''}</h3>{alerts.value ? <AlertLines alerts={own} /> : <Waiting rows={2} />}</section>
      {proposing && <RangeProposal address={address} onClose={() => setProposing(false)} />}
    </>
  );
}

const LIKENESS = ['user', 'address', 'app', 'kind', 'policy'] as const;
type Likeness = (typeof LIKENESS)[number];

// A day before and a day after, as far as it has passed.
function likeness(event: EventRecord, like: Likeness): Record<string, string | undefined> | null {
  switch (like) {
    case 'user': return event.user ? { user: event.user } : null;
    case 'address': return event.client?.ip ? { ip: event.client.ip } : null;
    case 'app': return event.app ? { app: event.app.id } : null;
    case 'kind': return event.type ? { verb: event.type, app: event.app?.id } : null;
    default: return event.policy ? { policy: event.policy } : null;
  }
}

export function Similar({ event }: { event: EventRecord }) {
  const offered = LIKENESS.filter((like) => likeness(event, like));
  const [like, setLike] = useState<Likeness>(offered[0] ?? 'app');
  const at = Date.parse(event.time);
  const span = { since: new Date(at - 86400e3).toISOString(), until: new Date(at + 86400e3).toISOString() };
  const alike = likeness(event, like);
  const { value, failure, loading, again } = useLoad<{ activities: ActivityRow[]; next: string | null }>(alike ? 'activities' : null, { ...alike, ...span, limit: 30 });
  const rows = (value?.activities ?? []).filter(({ id }) => id !== event.id);
  const here = (id: string): string => {
    const query = new URLSearchParams(place.value.query);
    query.set('id', id);
    return href('/activities', query);
  };
  return (
    <>
      <div class="actions"><Segments label="The same" value={like} onChange={(value) => setLike(value as Likeness)}
        options={offered.map((value) => ({ value, title: value === 'kind' ? 'Kind' : wordy(value) }))} />
        {alike && <Link to="/activities" query={{ ...alike, ...span }} class="button">In the log</Link>}</div>
      <p class="none">A day before and after, newest first.</p>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={10} />}
      {value && rows.length === 0 && <Nothing title="Nothing else is like it" />}
      {rows.length > 0 && <div class={loading ? 'edge stale' : 'edge'}>
        <Table label="Similar activities" rows={rows} idOf={(row) => row.id} onOpen={(row) => go(here(row.id))} columns={[
          { key: 'time', title: 'Time', cell: (row) => <a class="strong" href={here(row.id)}><Time at={row.time} seconds /></a> },
          { key: 'what', title: 'What', grow: true, cell: (row) => <>{wordy(row.type ?? 'other')}<span class="cell-note">{like === 'app' || like === 'kind' ? row.user ?? row.client : row.app_name ?? row.host}</span></> },
          { key: 'verdict', title: 'Verdict', cell: (row) => <Verdict action={row.action} ending={row.ending} /> },
        ]} /></div>}
      {value?.next && <p class="none">{one(rows.length, 'activity', 'activities')} are shown, and there are more: see the log.</p>}
    </>
  );
}
