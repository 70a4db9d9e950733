// How the gateway fares: traffic, what it keeps, what it could not do, who gets alerts, what was reloaded.

import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { ask, isMissing, mayOperate } from '../base/api';
import { bytes, compact, count, span } from '../base/format';
import { useLoad } from '../base/load';
import { wordy } from '../base/words';
import { Icon } from '../parts/icons';
import { Facts, Page, Panel } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { Time } from '../parts/time';
import { attempt, say } from '../parts/toast';
import { Latency, Ledger, type Held, type LatencyTold } from './gateway_parts';
import { Feeds, type Feed } from './networks';

interface Reload { at: string; snapshot: string; rebuilt: string[]; faulty: string[]; unsettled: string[]; need_restart: string[]; said: string }
interface Status {
  process: number; started: string; state: string; workers: number; proxy: string[]; proxy_tls: string[]; admin: string[];
  traffic: Record<string, number>;
  events: { recorded: number; dropped: number; journaled: number; store_bytes: number; store_ok: boolean; store_error: string; waiting: number; log_errors: string[] };
  alerts: { raised_today: number; suppressed_today: number; lost: number; waiting: number; learning: boolean; store_ok: boolean; store_error: string };
  governance: { entries: number; head: string }; snapshot: string; loaded: string; last_reload: Reload; feeds: Feed[];
}
interface Receiver { name: string; kind?: string; waiting?: number; aside?: number; delivered?: number; failing?: boolean; last_error?: string; error?: string; oldest?: string }
type Tree = Record<string, unknown>;
// What has a panel of its own; the rest is shown as it comes.
interface Inner { latency?: LatencyTold; certificate_faults?: Held[]; bypassed?: Held[] }
const OWN = ['latency', 'certificate_faults', 'bypassed'];

// What the gateway says of itself has more figures with each release: they are shown as they come.
function figure(name: string, value: unknown): ComponentChildren {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    if (/bytes|resident/.test(name)) return bytes(value);
    if (/seconds$/.test(name)) return span(value);
    return count(Number.isInteger(value) ? value : Number(value.toFixed(2)));
  }
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? <Time at={value} seconds /> : value || '–';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', ');
  if (value && typeof value === 'object') return Object.entries(value).map(([key, inner]) => `${wordy(key)} ${typeof inner === 'number' ? count(inner) : String(inner)}`).join(', ') || '–';
  return '–';
}

const factsOf = (tree: Tree, part: string): [string, ComponentChildren][] => Object.entries(tree).map(([name, value]) =>
  [wordy(name.replace(/_bytes$/, '')), figure(part === 'memory' && name === 'limit' ? 'limit_bytes' : name, value)]);

interface Sample { at: number; exchanges: number; in: number; out: number }

// How much there was in a second, between the last two looks.
function useRate(tree: Tree | undefined): Omit<Sample, 'at'> | null {
  const kept = useRef<{ last: Sample | null; rate: Omit<Sample, 'at'> | null }>({ last: null, rate: null });
  const workers = tree?.workers;
  if (!tree || !Array.isArray(workers)) return null;
  const sum = (name: string): number => (workers as Tree[]).reduce((total, worker) => total + (typeof worker[name] === 'number' ? worker[name] : 0), 0);
  const now: Sample = { at: Date.parse(String(tree.at)), exchanges: sum('exchanges'), in: sum('bytes_in'), out: sum('bytes_out') };
  const { last } = kept.current;
  if (!last || now.at > last.at) {
    const seconds = last ? (now.at - last.at) / 1000 : 0;
    if (last && seconds > 0.5) {
      kept.current.rate = { exchanges: (now.exchanges - last.exchanges) / seconds, in: (now.in - last.in) / seconds, out: (now.out - last.out) / seconds };
    }
    if (!last || seconds > 0.5) kept.current.last = now;
  }
  return kept.current.rate;
}

function Rows({ title, rows, none }: { title: string; rows: Tree[]; none: string }) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, 10);
  const columns: Column<Tree & { n: number }>[] = names.map((name) => ({ key: name, title: wordy(name.replace(/_bytes$/, '')), number: typeof rows[0]?.[name] === 'number',
    cell: (row) => figure(name, row[name]) }));
  return (
    <Panel title={title} class="span-all flush">
      {rows.length === 0 ? <Nothing title={none} /> : <Table label={title} rows={rows.map((row, n) => ({ ...row, n }))} idOf={(row) => String(row.n)} columns={columns} />}
    </Panel>
  );
}

function Trouble({ status }: { status: Status }) {
  const said: string[] = [];
  if (!status.events.store_ok) said.push(`Activities are not stored: ${status.events.store_error}`);
  if (!status.alerts.store_ok) said.push(`Alerts are not stored: ${status.alerts.store_error}`);
  for (const part of status.last_reload.faulty) said.push(`${wordy(part)}: not in force as its files say. ${status.last_reload.said}`);
  for (const text of status.events.log_errors) said.push(text);
  for (const feed of status.feeds) {
    if (!feed.usable) said.push(`The feed ${feed.name} cannot be used: ${feed.trouble}`);
    else if (feed.stale) said.push(`The feed ${feed.name} is stale: ${span(feed.age_seconds)} old`);
  }
  if (status.last_reload.need_restart.length > 0) said.push(`Needs a restart: ${status.last_reload.need_restart.join(', ')}`);
  return <>{said.map((text) => <div key={text} class="notice bad" role="status"><Icon name="alerts" /><span class="pre">{text}</span></div>)}</>;
}

function Receivers() {
  const { value, failure, again } = useLoad<Receiver[]>('alert-receivers', {}, 15_000);
  return (
    <Panel title="Receivers of alerts" class="span-all flush">
      {failure && <Refused failure={failure} again={again} />}
      {!value && !failure && <Waiting rows={2} />}
      {value && (value.length === 0 ? <Nothing title="None is configured">Webhooks, mail and syslog stand under <code>alerts</code> in the configuration.</Nothing>
        : <Table label="Receivers" rows={value} idOf={(row) => row.name} columns={[
            { key: 'name', title: 'Name', cell: (row) => <span class="strong">{row.name}</span> }, { key: 'kind', title: 'Kind', cell: (row) => row.kind ?? '–' },
            { key: 'waiting', title: 'Waiting', number: true, cell: (row) => count(row.waiting) }, { key: 'aside', title: 'Put aside', number: true, cell: (row) => count(row.aside) },
            { key: 'delivered', title: 'Delivered', number: true, cell: (row) => count(row.delivered) },
            { key: 'error', title: 'Last error', grow: true, cell: (row) => row.last_error || row.error || '–' },
            ...(mayOperate() ? [{ key: 'test', title: '', cell: (row: Receiver) => <button type="button" onClick={() => void attempt(async () => {
              await ask(`alert-receivers/${encodeURIComponent(row.name)}/test`, { method: 'POST' });
              again();
            }, `A test alert went to ${row.name}`)}>Test</button> }] : []),
          ]} />)}
    </Panel>
  );
}

export function Gateway() {
  const status = useLoad<Status>('status', {}, 5_000);
  const inner = useLoad<Tree>('gateway', {}, 5_000);
  const { value, failure, again } = status;
  const reload = async (): Promise<void> => {
    try {
      const { rebuilt, faulty, said } = await ask<Reload>('reload', { method: 'POST' });
      if (faulty.length > 0) say(`Not in force: ${faulty.join(', ')}. ${said}`, 'bad');
      else say(rebuilt.length > 0 ? `In force on every worker: ${rebuilt.join(', ')}` : 'Nothing has changed');
    } catch (refused) {
      say(refused instanceof Error ? refused.message : String(refused), 'bad');
    }
    again();
  };
  const rate = useRate(inner.value);
  const own = inner.value as Inner | undefined;
  const parts = Object.entries(inner.value ?? {}).filter(([name]) => !OWN.includes(name));
  return (
    <Page title="Gateway" note={value && <>{value.state}, since <Time at={value.started} /></>}
      tools={mayOperate() && <button type="button" onClick={() => void reload()}><Icon name="reload" size={14} />Reload files</button>}>
      {failure && <Refused failure={failure} again={again} />}
      {!value && !failure && <Waiting rows={12} />}
      {value && <Trouble status={value} />}
      {value && (
        <div class="board">
          <dl class="figures" aria-label="Now">
            {([['Connections', compact(value.traffic.connections_open ?? 0), `of ${compact(value.traffic.connections ?? 0)} so far`],
              ['Exchanges', compact(value.traffic.exchanges ?? 0), rate ? `${rate.exchanges.toFixed(rate.exchanges < 10 ? 1 : 0)} a second` : 'since the start'], ['Blocked', compact(value.traffic.exchanges_blocked ?? 0), ''],
              ['Failed', compact(value.traffic.exchanges_failed ?? 0), ''], ['Recorded', compact(value.events.recorded), value.events.dropped > 0 ? `${compact(value.events.dropped)} dropped` : 'none dropped'],
              ['Store', bytes(value.events.store_bytes), value.events.store_ok ? 'well' : 'not written'], ['Alerts today', compact(value.alerts.raised_today), value.alerts.learning ? 'still learning' : ''],
              ['Workers', compact(value.workers), rate ? `↑ ${bytes(Math.round(rate.in))}/s ↓ ${bytes(Math.round(rate.out))}/s` : '']] as const).map(([name, number, note]) => (
              <div key={name} class="figure"><dt>{name}</dt><dd>{number}{note && <span class="figure-note">{note}</span>}</dd></div>))}
          </dl>
          {own?.latency && <Latency told={own.latency} />}
          {own?.certificate_faults && <Ledger title="Certificates at fault" reason="What is wrong" rows={own.certificate_faults} none="No origin showed a faulty certificate" more="Since the start of the gateway." />}
          {own?.bypassed && <Ledger title="Carried unopened" reason="By the policy" rows={own.bypassed} none="Every connection was opened" more="Since the start of the gateway." />}
          <Panel title="Reached at"><Facts facts={[['Proxy', value.proxy.join(', ')], ['Proxy, TLS', value.proxy_tls.join(', ') || '–'], ['Admin', value.admin.join(', ')],
            ['Process', value.process]]} /></Panel>
          <Panel title="Last reload"><Facts facts={[['At', <Time at={value.last_reload.at} seconds />], ['Built anew', value.last_reload.rebuilt.join(', ') || 'nothing'],
            ['Faulty', value.last_reload.faulty.join(', ') || 'nothing'], ['Snapshot', <code>{value.snapshot}</code>], ['Loaded', value.loaded]]} /></Panel>
          <Panel title="Governance log"><Facts facts={[['Entries', count(value.governance.entries)], ['Head', <code class="break">{value.governance.head}</code>]]} /></Panel>
          <Panel title="Feeds" class="span-all flush"><Feeds feeds={value.feeds} /></Panel>
          <Receivers />
          {inner.failure && !isMissing(inner.failure) && <Refused failure={inner.failure} again={inner.again} />}
          <div class="span-all columns">{parts.filter(([, part]) => part && typeof part === 'object' && !Array.isArray(part)).map(([name, part]) => (
            <Panel key={name} title={wordy(name)}><Facts facts={factsOf(part as Tree, name)} /></Panel>))}</div>
          {parts.filter(([, part]) => Array.isArray(part)).map(([name, part]) => <Rows key={name} title={wordy(name)} rows={part as Tree[]} none="None" />)}
        </div>
      )}
    </Page>
  );
}
