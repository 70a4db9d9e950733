// The files that passed: what, where, whose, and whom they were opened to.

import { useMemo } from 'preact/hooks';
import { bytes, count, one } from '../base/format';
import { useLoad } from '../base/load';
import { RANGES, readRange } from '../base/ranges';
import { go, href, place, setQuery } from '../base/router';
import { wordy } from '../base/words';
import { Choice, Segments } from '../parts/controls';
import { Chips, FilterBar, saveCsv, SearchField } from '../parts/filter_bar';
import { Icon } from '../parts/icons';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table, useSome, type Column } from '../parts/table';
import { Time } from '../parts/time';

interface FileRow {
  id?: string; parent?: string;
  last_seen: string; first_seen?: string; app: string; app_name?: string; name: string; type?: string; size?: number; last_action?: string; last_user?: string;
  uploads: number; downloads: number; stopped: number; sha256?: string; family?: string; scan_status?: string; sharing?: string; policies?: string[]; name_tags?: string[];
}

const MOST = 1000;
const NAMES = ['name', 'family', 'sharing', 'app', 'user'];
const FAMILIES = ['archive', 'audio', 'database', 'document', 'executable', 'image', 'key', 'mail', 'presentation', 'script', 'spreadsheet', 'text', 'video', 'other'];
const choices = (values: readonly string[]): { value: string; title: string }[] => [{ value: '', title: 'any' }, ...values.map((value) => ({ value, title: wordy(value) }))];
// Times of files are UTC, without saying so.
const utc = (time: string | undefined): string | undefined => (time && !/Z|[+-]\d\d:\d\d$/.test(time) ? `${time}Z` : time);
// The activities with that file in that app.
const toActivities = (row: FileRow): string => href('/activities', { app: row.app, q: `file.name: ${JSON.stringify(row.name)}`, range: '90d' });

const COLUMNS: readonly Column<FileRow>[] = [
  { key: 'name', title: 'File', grow: true, sort: (row) => row.name.toLowerCase(), cell: (row) => <a href={toActivities(row)} class="strong" title={row.name}>{row.name}</a> },
  { key: 'app', title: 'App', fold: true, cell: (row) => <Link to={`/apps/${encodeURIComponent(row.app)}`}>{row.app_name ?? row.app}</Link>, sort: (row) => (row.app_name ?? row.app).toLowerCase() },
  { key: 'family', title: 'Kind', least: 'middle', cell: (row) => wordy(row.family), sort: (row) => row.family ?? '' },
  { key: 'size', title: 'Size', number: true, cell: (row) => bytes(row.size), sort: (row) => row.size ?? -1 },
  { key: 'user', title: 'Last by', least: 'middle', cell: (row) => row.last_user ? <Link to={`/users/${encodeURIComponent(row.last_user)}`}>{row.last_user}</Link> : '–', sort: (row) => row.last_user ?? '' },
  { key: 'uploads', title: 'Up', number: true, least: 'middle', cell: (row) => count(row.uploads), sort: (row) => row.uploads },
  { key: 'downloads', title: 'Down', number: true, least: 'middle', cell: (row) => count(row.downloads), sort: (row) => row.downloads },
  { key: 'stopped', title: 'Stopped', number: true, least: 'middle', cell: (row) => count(row.stopped), sort: (row) => row.stopped },
  { key: 'sharing', title: 'Open to', least: 'wide', cell: (row) => wordy(row.sharing), sort: (row) => row.sharing ?? '' },
  { key: 'last', title: 'Last seen', cell: (row) => <Time at={utc(row.last_seen)} />, sort: (row) => row.last_seen },
];

export function Files() {
  const { query } = place.value;
  const got = (name: string): string => query.get(name) ?? '';
  const range = readRange('30d');
  const name = got('name');
  const { value, failure, loading, again } = useLoad<{ files: FileRow[]; total: number; left_out: number; read_from: string; more: boolean }>('files', {
    name: name && !name.includes('*') ? `*${name}*` : name, family: got('family'), sharing: got('sharing'), app: got('app'), user: got('user'), whole: got('whole'), since: range, limit: MOST });
  const further = value?.more && (
    <div class="sheet-foot"><span>Of activities since <Time at={value.read_from} /></span>
      <button type="button" class="quiet" onClick={() => setQuery({ whole: 'true' })}>Read all of the time chosen</button></div>
  );
  const rows = useMemo(() => value?.files ?? [], [value]);
  const [some, all, more] = useSome(rows);
  return (
    <Page title="Files" tools={<Segments label="Time" options={RANGES.slice(0, 3)} value={range} onChange={(to) => setQuery({ range: to === '30d' ? undefined : to })} />}>
      <FilterBar names={NAMES}>
        <SearchField name="name" placeholder="Name; * is any text" />
        <Choice label="Kind" options={choices(FAMILIES)} value={got('family')} onChange={(family) => setQuery({ family })} />
        <Choice label="Open to" options={choices(['internal', 'external', 'anyone', 'unknown'])} value={got('sharing')} onChange={(sharing) => setQuery({ sharing })} />
        <Chips of={[{ name: 'app', title: 'App' }, { name: 'user', title: 'User' }]} />
      </FilterBar>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={14} />}
      {value && rows.length === 0 && <Nothing title="No file passed that is like that" />}
      {value && rows.length === 0 && further}
      {value && rows.length > 0 && (
        <div class="sheet">
          <Table label="Files" rows={some} columns={COLUMNS} idOf={(row) => `${row.app} ${row.id ?? ''} ${row.parent ?? ''} ${row.name} ${row.sha256 ?? row.first_seen}`} keys stale={loading} onOpen={(row) => go(toActivities(row))} />
          <div class="sheet-foot"><span>{some.length < value.total ? `${count(some.length)} of ` : ''}{one(value.total, 'file')}</span>
            {some.length < all && <button type="button" class="quiet" onClick={more}>Show more</button>}
            <button type="button" class="quiet" onClick={() => saveCsv('files', ['name', 'app', 'family', 'type', 'size', 'last_user', 'uploads', 'downloads', 'stopped', 'sharing', 'sha256', 'last_seen'],
              rows.map((row) => [row.name, row.app, row.family ?? '', row.type ?? '', row.size ?? '', row.last_user ?? '', row.uploads, row.downloads, row.stopped, row.sharing ?? '', row.sha256 ?? '', row.last_seen]))}>
              <Icon name="download" size={14} />CSV</button></div>
          {further}
        </div>
      )}
    </Page>
  );
}
