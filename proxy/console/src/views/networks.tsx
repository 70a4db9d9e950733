// Ranges of addresses that the operator names, lists of others that feed the tags, and who sits at which address.

import { useState } from 'preact/hooks';
import { isMissing, mayHandle } from '../base/api';
import { bytes, count, one, span } from '../base/format';
import { useLoad } from '../base/load';
import { place } from '../base/router';
import { country, wordy } from '../base/words';
import { FilterBar, SearchField } from '../parts/filter_bar';
import { Link } from '../parts/link';
import { Page, Panel } from '../parts/page';
import { RangeProposal } from '../parts/range_proposal';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table } from '../parts/table';
import { Time } from '../parts/time';

export interface Feed {
  name: string; path: string; format: string; usable: boolean; trouble: string; bytes: number; addresses: number; hosts: number; bad_lines: number;
  ignored: number; expired: number; as_of?: string; age_seconds: number; max_age_seconds: number; stale: boolean;
}
interface Seat { prefix?: string; address?: string; user: string; expires?: string }

export function Feeds({ feeds }: { feeds: readonly Feed[] }) {
  if (feeds.length === 0) return <Nothing title="No feed is configured">Feeds stand in the file that <code>tags.addresses</code> names.</Nothing>;
  return (
    <Table label="Feeds" rows={feeds} idOf={(row) => row.name} columns={[
      { key: 'name', title: 'Feed', cell: (row) => <span class="strong">{row.name}</span>, sort: (row) => row.name },
      { key: 'state', title: 'State', cell: (row) => row.usable ? row.stale ? <span class="verdict caution">Stale</span> : 'In use' : <span class="verdict bad">{row.trouble || 'Not usable'}</span> },
      { key: 'addresses', title: 'Addresses', number: true, cell: (row) => count(row.addresses), sort: (row) => row.addresses },
      { key: 'hosts', title: 'Hosts', number: true, cell: (row) => count(row.hosts), sort: (row) => row.hosts },
      { key: 'age', title: 'Age', number: true, cell: (row) => span(row.age_seconds), sort: (row) => row.age_seconds },
      { key: 'max', title: 'At most', number: true, least: 'wide', cell: (row) => row.max_age_seconds > 0 ? span(row.max_age_seconds) : '–' },
      { key: 'faults', title: 'Bad lines', number: true, least: 'middle', cell: (row) => count(row.bad_lines) },
      { key: 'bytes', title: 'Size', number: true, least: 'middle', cell: (row) => bytes(row.bytes) },
      { key: 'path', title: 'File', grow: true, least: 'wide', cell: (row) => <span class="mono" title={row.path}>{row.path.split('/').slice(-2).join('/')}</span> },
    ]} />
  );
}

interface Range { name: string; cidrs: string[]; category?: string; tags: string[]; isp?: string; country?: string; line: number }
interface Ranges { file: string; ranges: Range[]; total: number; feeds: { name: string; category: string; tags: string[]; line: number }[] }

const MOST = 1000;

// The operator's own ranges stand in a file; the console shows them, and says what lines another would be.
function OwnRanges() {
  const words = place.value.query.get('range_q') ?? '';
  const { value, failure, loading, again } = useLoad<Ranges>('ranges', { q: words, limit: MOST });
  const [proposing, setProposing] = useState(false);
  const file = value?.file.split('/').slice(-2).join('/');
  return (
    <Panel title="Ranges of yours" class="flush" tools={<button type="button" onClick={() => setProposing(true)}>Another range…</button>}>
      <div class="inset"><FilterBar names={['range_q']}><SearchField name="range_q" placeholder="Name, prefix or tag" /></FilterBar></div>
      {failure && (isMissing(failure) ? <Nothing title="This gateway does not tell its ranges">They stand in the file that <code>tags.addresses</code> names.</Nothing> : <Refused failure={failure} again={again} />)}
      {!value && loading && <Waiting rows={4} />}
      {value && value.ranges.length === 0 && <Nothing title={words ? 'No range is like that' : 'No range is named'}>{words ? '' : <>They stand in the file that <code>tags.addresses</code> names.</>}</Nothing>}
      {value && value.ranges.length > 0 && <>
        <Table label="Ranges of yours" rows={value.ranges} idOf={(row) => `${row.line} ${row.name}`} stale={loading} columns={[
          { key: 'name', title: 'Range', fold: true, sort: (row) => row.name, cell: (row) => <span class="strong">{row.name}</span> },
          { key: 'cidrs', title: 'Prefixes', grow: true, fold: true, cell: (row) => <span class="mono" title={row.cidrs.join(', ')}>{row.cidrs.slice(0, 4).join(', ')}{row.cidrs.length > 4 && ` +${row.cidrs.length - 4}`}</span> },
          { key: 'category', title: 'Category', least: 'middle', sort: (row) => row.category ?? '', cell: (row) => row.category ? wordy(row.category) : <span class="none">none</span> },
          { key: 'tags', title: 'Tags', least: 'middle', cell: (row) => row.tags.map((tag) => wordy(tag)).join(', ') || '–' },
          { key: 'place', title: 'Place', least: 'wide', cell: (row) => [row.country && country(row.country), row.isp].filter(Boolean).join(', ') || '–' },
          { key: 'line', title: 'In', least: 'wide', cell: (row) => <span class="mono" title={value.file}>{file}:{row.line}</span> },
          ...(mayHandle() ? [{ key: 'use', title: '', cell: (row: Range) => <Link to="/activities" query={{ q: `client.ip.range: ${JSON.stringify(row.name)}`, range: '7d' }}>Activities</Link> }] : []),
        ]} />
        <div class="sheet-foot">{value.ranges.length < value.total ? `${count(value.ranges.length)} of ` : ''}{one(value.total, 'range')}</div></>}
      {proposing && <RangeProposal onClose={() => setProposing(false)} file={value?.file} />}
    </Panel>
  );
}

function Seats() {
  const user = place.value.query.get('user') ?? '';
  const { value, failure, loading, again } = useLoad<{ total: number; entries: Seat[] }>('addresses', { user, limit: 1000 });
  return (
    <Panel title="Who sits at which address" class="flush">
      <div class="inset"><FilterBar names={['user']}><SearchField name="user" placeholder="Person" /></FilterBar></div>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={4} />}
      {value && value.entries.length === 0 && <Nothing title="Nobody, as far as the gateway was told">Programs tell it by <code>POST /api/v1/addresses</code>; lines that do not end stand in <code>users.addresses</code>.</Nothing>}
      {value && value.entries.length > 0 && <>
        <Table label="Addresses and users" rows={value.entries} idOf={(row) => `${row.prefix ?? row.address} ${row.user}`} stale={loading} columns={[
          { key: 'address', title: 'Address', cell: (row) => <span class="mono">{row.prefix ?? row.address}</span> },
          { key: 'user', title: 'User', grow: true, cell: (row) => <Link to={`/users/${encodeURIComponent(row.user)}`} class="strong">{row.user}</Link> },
          { key: 'until', title: 'Until', cell: (row) => <Time at={row.expires} /> },
        ]} />
        <div class="sheet-foot">{one(value.total, 'address', 'addresses')}</div></>}
    </Panel>
  );
}

export function Networks() {
  const feeds = useLoad<Feed[]>('feeds', {}, 15_000);
  return (
    <Page title="IP ranges and feeds">
      <div class="stack">
        <OwnRanges />
        <Panel title="Feeds" class="flush">
          {feeds.failure && <Refused failure={feeds.failure} again={feeds.again} />}
          {!feeds.value && !feeds.failure && <Waiting rows={3} />}
          {feeds.value && <Feeds feeds={feeds.value} />}
        </Panel>
        {mayHandle() && <Seats />}
      </div>
    </Page>
  );
}
