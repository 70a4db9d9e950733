// Everything that is known of one activity. Each fact can become a condition of the log.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { withCondition } from '../base/filter';
import { bytes, microseconds } from '../base/format';
import { useLoad } from '../base/load';
import { href, place, setQuery } from '../base/router';
import { country, wordy } from '../base/words';
import { RiskScore, Tags, Verdict } from '../parts/badges';
import { Tabs } from '../parts/controls';
import { Copyable } from '../parts/copyable';
import { Drawer } from '../parts/dialog';
import { Icon } from '../parts/icons';
import { Link } from '../parts/link';
import { Refused, Waiting } from '../parts/states';
import { Time } from '../parts/time';
import type { EventRecord, FileFacts, Place } from './activity_types';
import { AddressInsight, Similar, UserInsight } from './activity_insights';
import { Explanation } from './explanation';

// `attribute` is what policies call it; without one it is no condition.
interface Fact { name: string; value: ComponentChildren; attribute?: string; raw?: string }

const fact = (name: string, raw: string | number | undefined, attribute?: string, value?: ComponentChildren): Fact | null =>
  raw === undefined || raw === '' ? null : { name, raw: String(raw), attribute, value: value ?? String(raw) };

function addToFilter(attribute: string, raw: string): void {
  const own: Record<string, string> = { user: 'user', app: 'app', activity: 'verb', 'client.ip': 'ip', host: 'host' };
  const name = own[attribute];
  if (name) setQuery({ [name]: raw });
  else setQuery({ q: withCondition(place.value.query.get('q') ?? '', attribute, raw) });
}

function FactList({ title, facts }: { title: string; facts: (Fact | null)[] }) {
  const known = facts.filter((one) => one !== null);
  if (known.length === 0) return null;
  return (
    <section><h3>{title}</h3>
      <dl class="facts">{known.map(({ name, value, attribute, raw }) => (
        <div key={name} class="fact"><dt>{name}</dt><dd>{value}
          {attribute && raw && <button type="button" class="quiet add" title={`Add ${attribute}: ${raw} to the filter`}
            aria-label={`Add ${attribute} to the filter`} onClick={() => addToFilter(attribute, raw)}><Icon name="filter" size={12} /></button>}</dd></div>
      ))}</dl>
    </section>
  );
}

const placeFacts = (at: Place, prefix: string): (Fact | null)[] => [
  fact('Address', at.ip, `${prefix}.ip`, <>{at.ip}{at.port ? `:${at.port}` : ''}</>),
  fact('Range', at.range, `${prefix}.ip.range`),
  fact('Category', at.category, `${prefix}.ip.category`, wordy(at.category)),
  fact('Tags', at.tags?.[0], `${prefix}.ip.tag`, at.tags?.map((tag) => wordy(tag)).join(', ')),
  fact('Country', at.country, `${prefix}.ip.country`, country(at.country)),
  fact('Network', at.isp ?? at.asn, at.isp ? `${prefix}.ip.isp` : `${prefix}.ip.asn`, <>{at.isp}{at.asn ? ` (AS${at.asn})` : ''}</>),
];

const fileFacts = (file: FileFacts): (Fact | null)[] => [
  fact('Name', file.name, 'file.name'), fact('Size', file.size, undefined, bytes(file.size)), fact('Type, as declared', file.type, 'file.type'),
  fact('Type, by its bytes', file.sniffed_type, 'file.sniffed_type'), fact('Family', file.family, 'file.family', wordy(file.family)),
  fact('Words in its name', file.name_tags?.[0], 'file.name_tag', file.name_tags?.map((tag) => wordy(tag)).join(', ')),
  fact('SHA-256', file.sha256, 'file.sha256', <Copyable text={file.sha256 ?? ''} />), fact('Looked at', file.scan_status, 'file.scan_status', wordy(file.scan_status)),
];

function Details({ details }: { details: Record<string, unknown> }) {
  const text = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));
  const first = (value: unknown): string => String(Array.isArray(value) ? value[0] ?? '' : value);
  return <FactList title="Details" facts={Object.entries(details).map(([name, value]) => fact(wordy(name.replaceAll('.', '_')), first(value), name, text(value)))} />;
}

function Body({ event }: { event: EventRecord }) {
  const [why, setWhy] = useState(false);
  const [raw, setRaw] = useState(false);
  const agent = event.agent;
  return (
    <>
      <p class="lead"><Verdict action={event.action} ending={event.ending} /> {event.method && <code>{event.method} {event.scheme}://{event.host}{event.path}</code>}</p>
      {event.say && <p class="said">{event.say}</p>}
      <div class="actions"><button type="button" aria-expanded={why} onClick={() => setWhy(!why)}>Why?</button></div>
      {why && <Explanation id={event.id} />}
      <FactList title="What" facts={[
        fact('Time', event.time, undefined, <Time at={event.time} seconds />), fact('Activity', event.type, 'activity', wordy(event.type)),
        event.admin ? fact('Administration', 'true', 'activity.admin', 'yes') : null,
        fact('App', event.app?.id, 'app', event.app && <Link to={`/apps/${encodeURIComponent(event.app.id)}`}>{event.app.name}</Link>),
        event.app?.known_by === 'ip_range' ? fact('Told by', 'ip_range', undefined, 'the range of its address') : null,
        fact('Category', event.app?.category, 'app.category', wordy(event.app?.category)),
        fact('Tags', event.app?.tags?.[0], 'app.tag', <Tags tags={event.app?.tags} />),
        fact('Risk score', event.app?.risk_score, 'app.risk_score', <RiskScore score={event.app?.risk_score} />),
        fact('Host', event.host, 'host'), fact('Host is', event.host_kind, 'host.kind', wordy(event.host_kind)), fact('Reply', event.status, 'status'),
        fact('Sent', event.bytes_in, undefined, bytes(event.bytes_in)), fact('Received', event.bytes_out, undefined, bytes(event.bytes_out)),
        fact('Took', event.duration_us, undefined, event.duration_us === undefined ? '' : microseconds(event.duration_us)),
      ]} />
      {event.file && <FactList title="File" facts={fileFacts(event.file)} />}
      {event.details && <Details details={event.details} />}
      <FactList title="Policy" facts={[
        fact('Decided by', event.policy, undefined, <Link to="/activities" query={{ policy: event.policy }}>{event.policy}</Link>), fact('At', event.point, undefined, wordy(event.point)),
        fact('Suspension', event.suspension), fact('Ended', event.ending, undefined, wordy(event.ending)), fact('Error', event.error),
        fact('Reported', event.matched?.length || undefined, undefined, event.matched?.map(({ name }) => name).join(', ')),
        fact('In rehearsal', event.rehearsed?.length || undefined, undefined, event.rehearsed?.map(({ policy, action }) => `${policy} (${wordy(action).toLowerCase()})`).join(', ')),
      ]} />
      <FactList title="Who" facts={[
        fact('User', event.user, 'user', <Link to={`/users/${encodeURIComponent(event.user ?? '')}`}>{event.user}</Link>), fact('Known by', event.user_source, undefined, wordy(event.user_source)),
        fact('Groups', event.groups?.[0], 'user.group', event.groups?.join(', ')),
      ]} />
      {event.client && <FactList title="From" facts={placeFacts(event.client, 'client')} />}
      <FactList title="With" facts={[
        fact('Device', agent?.device, 'device.type', wordy(agent?.device)), fact('System', agent?.os, 'device.os', `${agent?.os} ${agent?.os_version ?? ''}`),
        fact('Program', agent?.browser, 'browser', `${agent?.browser} ${agent?.browser_version ?? ''}`),
        fact('Signs', agent?.tags?.[0], 'user_agent.tag', agent?.tags?.map((tag) => wordy(tag)).join(', ')), fact('User-Agent', event.user_agent),
      ]} />
      {event.destination && <FactList title="To" facts={placeFacts(event.destination, 'destination')} />}
      {event.tls && <FactList title="TLS" facts={Object.entries(event.tls).map(([name, value]) => fact(wordy(name), value, name === 'ja4' ? 'client.ja4' : undefined))} />}
      <FactList title="Record" facts={[fact('Reference', event.id, undefined, <Copyable text={event.id} />), fact('Snapshot', event.snapshot, undefined, <code>{event.snapshot}</code>),
        fact('Connection', event.connection_id, undefined, <code>{event.connection_id}</code>), fact('Community id', event.community_id, undefined, <code>{event.community_id}</code>)]} />
      <div><button type="button" class="quiet" aria-expanded={raw} onClick={() => setRaw(!raw)}>The whole record as JSON</button>
        {raw && <pre class="raw" tabIndex={0}>{JSON.stringify(event, null, 2)}</pre>}</div>
    </>
  );
}

const TABS = [['', 'Activity'], ['user', 'User'], ['address', 'Address'], ['similar', 'Similar']] as const;

const toTab = (tab: string): string => {
  const query = new URLSearchParams(place.value.query);
  if (tab) query.set('tab', tab);
  else query.delete('tab');
  return href(place.value.path, query);
};

// The tab stands in the address, so j and k go from one person to the next.
export function ActivityDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { value, failure, loading, again } = useLoad<EventRecord>(`activities/${encodeURIComponent(id)}`);
  const tab = place.value.query.get('tab') ?? '';
  const title = value ? `${wordy(value.type ?? value.kind)}${value.app ? ` in ${value.app.name}` : ''}` : 'Activity';
  return (
    <Drawer title={title} onClose={onClose}>
      <Tabs label="About this activity" current={tab} tabs={TABS.map(([name, words]) => ({ id: name, title: words, to: toTab(name) }))} />
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={12} />}
      {value && (tab === 'user' ? <UserInsight event={value} /> : tab === 'address' ? <AddressInsight event={value} />
        : tab === 'similar' ? <Similar key={value.id} event={value} /> : <Body event={value} />)}
    </Drawer>
  );
}
