// Parts of the gateway's view: how long things took, and which hosts need a look.

import { useState } from 'preact/hooks';
import { mayHandle } from '../base/api';
import { count, microseconds } from '../base/format';
import { wordy } from '../base/words';
import { Chart } from '../parts/chart';
import { Segments } from '../parts/controls';
import { Link } from '../parts/link';
import { Panel } from '../parts/page';
import { Nothing } from '../parts/states';
import { Table, useSome } from '../parts/table';
import { Time } from '../parts/time';

interface Durations { measured: number; p50_us?: number; p95_us?: number; p99_us?: number }
export interface LatencyTold { own: Durations; origin: Durations; minutes: { minute: string; own: Durations; origin: Durations }[] }
export interface Held { host: string; reason: string; count: number; first: string; last: string }

const shown = (value: number | undefined): string => (value === undefined ? '–' : microseconds(value));

// How long exchanges took, by minute: what the gateway itself added, or what origins let wait.
export function Latency({ told }: { told: LatencyTold }) {
  const [whose, setWhose] = useState<'own' | 'origin'>('own');
  const minutes = told.minutes.filter((row) => row[whose].measured > 0);
  const of = (pick: 'p50_us' | 'p95_us' | 'p99_us'): number[] => minutes.map((row) => row[whose][pick] ?? 0);
  const hour = told[whose];
  return (
    <Panel title="Latency" class="span-all" tools={<Segments label="Latency of" value={whose} onChange={(value) => setWhose(value as 'own' | 'origin')}
      options={[{ value: 'own', title: 'Added by the gateway' }, { value: 'origin', title: 'Of origins' }]} />}>
      {minutes.length === 0 ? <Nothing title="Nothing was measured in the last hour">What passes is measured by the minute.</Nothing> : <>
        <Chart label={whose === 'own' ? 'What the gateway added, by minute' : 'How long origins let wait for a reply, by minute'} days={minutes.map(({ minute }) => minute)} minutes show={microseconds}
          series={[{ title: 'p50', kind: 'one', values: of('p50_us') }, { title: 'p95', kind: 'two', values: of('p95_us') }, { title: 'p99', kind: 'three', values: of('p99_us') }]} />
        <p class="panel-note">The last hour: half took {shown(hour.p50_us)} at most, 95 % {shown(hour.p95_us)}, 99 % {shown(hour.p99_us)}, of {count(hour.measured)} that were measured. A figure is at most a fifth too high.</p></>}
    </Panel>
  );
}

// Hosts that are not opened, or whose certificates are at fault: since the start of the gateway.
export function Ledger({ title, reason, rows, none, more }: { title: string; reason: string; rows: readonly Held[]; none: string; more: string }) {
  const [some, all, show] = useSome(rows, 50);
  return (
    <Panel title={`${title}${rows.length > 0 ? ` (${count(rows.length)})` : ''}`} class="span-all flush">
      {rows.length === 0 ? <Nothing title={none}>{more}</Nothing> : <>
        <Table label={title} rows={some} idOf={(row) => `${row.host} ${row.reason}`} columns={[
          { key: 'host', title: 'Host', grow: true, sort: (row) => row.host, cell: (row) => mayHandle() ? <Link to="/activities" query={{ host: row.host, range: '7d' }} class="strong">{row.host}</Link> : <span class="strong">{row.host}</span> },
          { key: 'reason', title: reason, fold: true, sort: (row) => row.reason, cell: (row) => row.reason.split(', ').map((word) => (/^[a-z_]+$/.test(word) ? wordy(word) : word)).join(', ') || '–' },
          { key: 'count', title: 'Times', number: true, sort: (row) => row.count, cell: (row) => count(row.count) },
          { key: 'first', title: 'First', least: 'middle', sort: (row) => row.first, cell: (row) => <Time at={row.first} /> },
          { key: 'last', title: 'Last', sort: (row) => row.last, cell: (row) => <Time at={row.last} relative /> },
        ]} />
        {some.length < all && <div class="sheet-foot"><button type="button" class="quiet" onClick={show}>Show more</button></div>}</>}
    </Panel>
  );
}
