// Who was seen, and who is suspended.

import { useMemo } from 'preact/hooks';
import { mayOperate } from '../base/api';
import { count, one } from '../base/format';
import { useLoad } from '../base/load';
import { RANGES, readRange } from '../base/ranges';
import { go, href, place, setQuery } from '../base/router';
import { Choice, Segments, Tabs } from '../parts/controls';
import { Chips, FilterBar, saveCsv, SearchField } from '../parts/filter_bar';
import { Icon } from '../parts/icons';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table, useSome, type Column } from '../parts/table';
import { Time } from '../parts/time';
import { AccessRequests, Grants } from './access';
import { Lift, suspensionTitle, type Suspension } from './suspensions';

interface Seen { user: string; first_seen: string; last_seen: string; activities: number; apps: number; groups?: string[] }
interface Question { id: string; state: string; user: string; say?: string; asked: string; until: string; by?: string; answered?: string }

const to = (user: string): string => href(`/users/${encodeURIComponent(user)}`);

const COLUMNS: readonly Column<Seen>[] = [
  { key: 'user', title: 'User', grow: true, sort: (row) => row.user, cell: (row) => <a href={to(row.user)} class="strong">{row.user}</a> },
  { key: 'groups', title: 'Groups', least: 'middle', cell: (row) => (row.groups ?? []).join(', ') || '–' },
  { key: 'activities', title: 'Activities', number: true, cell: (row) => count(row.activities), sort: (row) => row.activities },
  { key: 'apps', title: 'Apps', number: true, least: 'middle', cell: (row) => count(row.apps), sort: (row) => row.apps },
  { key: 'first', title: 'First seen', least: 'middle', cell: (row) => <Time at={row.first_seen} />, sort: (row) => row.first_seen },
  { key: 'last', title: 'Last seen', cell: (row) => <Time at={row.last_seen} relative />, sort: (row) => row.last_seen },
];

function SeenList({ range }: { range: string }) {
  const { query } = place.value;
  const words = (query.get('q') ?? '').toLowerCase();
  const { value, failure, loading, again } = useLoad<{ total: number; users: Seen[] }>('users-seen', { since: range, app: query.get('app') ?? '',
    group: query.get('group') ?? '', idle: query.get('idle') ?? '', limit: 10000 });
  const rows = useMemo(() => (value?.users ?? []).filter((row) => row.user.toLowerCase().includes(words)), [value, words]);
  const groups = useMemo(() => [{ value: '', title: 'any' }, ...[...new Set([...(value?.users ?? []).flatMap((row) => row.groups ?? []), query.get('group') ?? ''])]
    .filter(Boolean).sort().map((name) => ({ value: name, title: name }))], [value]);
  const [some, all, more] = useSome(rows);
  return (
    <>
      <FilterBar names={['q', 'group', 'app', 'idle']}>
        <SearchField name="q" placeholder="Person" />
        <Choice label="Group" options={groups} value={query.get('group') ?? ''} onChange={(group) => setQuery({ group })} />
        <Choice label="Not seen for" options={[{ value: '', title: 'any time' }, { value: '7d', title: '7 days' }, { value: '30d', title: '30 days' }]}
          value={query.get('idle') ?? ''} onChange={(idle) => setQuery({ idle })} />
        <Chips of={[{ name: 'app', title: 'App' }]} />
      </FilterBar>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={12} />}
      {value && rows.length === 0 && <Nothing title="Nobody was seen who is like that" />}
      {value && rows.length > 0 && (
        <div class="sheet">
          <Table label="Users" rows={some} columns={COLUMNS} idOf={(row) => row.user} keys stale={loading} onOpen={(row) => go(to(row.user))} />
          <div class="sheet-foot"><span>{some.length < all ? `${count(some.length)} of ` : ''}{one(all, 'user')}{value.total > value.users.length && `, of ${count(value.total)}`}</span>
            {some.length < all && <button type="button" class="quiet" onClick={more}>Show more</button>}
            <button type="button" class="quiet" onClick={() => saveCsv('users', ['user', 'groups', 'activities', 'apps', 'first_seen', 'last_seen'],
              rows.map((row) => [row.user, (row.groups ?? []).join(' '), row.activities, row.apps, row.first_seen, row.last_seen]))}><Icon name="download" size={14} />CSV</button></div>
        </div>
      )}
    </>
  );
}

function Suspended() {
  const { value, failure, loading, again } = useLoad<{ suspensions: Suspension[] }>('suspensions', {}, 15_000);
  return (
    <>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={4} />}
      {value && value.suspensions.length === 0 && <Nothing title="Nobody is suspended" />}
      {value && value.suspensions.length > 0 && (
        <div class="sheet"><Table label="Suspensions" rows={value.suspensions} idOf={(row) => row.id} keys onOpen={(row) => go(to(row.user))} columns={[
          { key: 'user', title: 'User', cell: (row) => <a href={to(row.user)} class="strong">{row.user}</a> },
          { key: 'what', title: 'What', fold: true, cell: suspensionTitle },
          { key: 'reach', title: 'Where', least: 'middle', cell: (row) => row.app ?? row.reach },
          { key: 'reason', title: 'Reason', grow: true, least: 'middle', cell: (row) => row.reason || '–' },
          { key: 'by', title: 'By', least: 'middle', cell: (row) => row.by ?? row.who ?? '–' },
          { key: 'from', title: 'Since', least: 'middle', cell: (row) => <Time at={row.from} /> },
          { key: 'until', title: 'Until', cell: (row) => row.until ? <Time at={row.until} /> : 'it is lifted' },
          ...(mayOperate() ? [{ key: 'lift', title: '', cell: (row: Suspension) => <Lift suspension={row} onDone={again} /> }] : []),
        ]} /></div>
      )}
    </>
  );
}

function Questions() {
  const { value, failure, loading, again } = useLoad<{ questions: Question[] }>('questions', {}, 15_000);
  return (
    <>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={4} />}
      {value && value.questions.length === 0 && <Nothing title="Nobody was asked">Ask somebody on their page, or from an alert.</Nothing>}
      {value && value.questions.length > 0 && (
        <div class="sheet"><Table label="Questions" rows={value.questions} idOf={(row) => row.id} keys columns={[
          { key: 'user', title: 'User', cell: (row) => <Link to={`/users/${encodeURIComponent(row.user)}`} class="strong">{row.user}</Link> },
          { key: 'state', title: 'Answer', cell: (row) => row.state.replaceAll('_', ' ') },
          { key: 'say', title: 'Words', grow: true, cell: (row) => row.say || '–' },
          { key: 'by', title: 'By', least: 'middle', cell: (row) => row.by ?? '–' },
          { key: 'asked', title: 'Asked', cell: (row) => <Time at={row.asked} /> },
          { key: 'until', title: 'Until', least: 'middle', cell: (row) => <Time at={row.until} /> },
        ]} /></div>
      )}
    </>
  );
}

export function Users() {
  const tab = place.value.query.get('list') ?? 'seen';
  const range = readRange('90d');
  return (
    <Page title="Identities" tools={tab === 'seen' && <Segments label="Time" options={RANGES.slice(0, 3)} value={range}
      onChange={(value) => setQuery({ range: value === '90d' ? undefined : value })} />}>
      <Tabs label="Lists of people" current={tab} tabs={[{ id: 'seen', title: 'Seen', to: href('/users') },
        { id: 'suspended', title: 'Suspended', to: href('/users', { list: 'suspended' }) },
        { id: 'questions', title: 'Questions', to: href('/users', { list: 'questions' }) },
        { id: 'requests', title: 'Access requests', to: href('/users', { list: 'requests' }) },
        { id: 'grants', title: 'Grants', to: href('/users', { list: 'grants' }) }]} />
      {tab === 'suspended' ? <Suspended /> : tab === 'questions' ? <Questions /> : tab === 'requests' ? <AccessRequests /> : tab === 'grants' ? <Grants /> : <SeenList range={range} />}
    </Page>
  );
}
