// Apps in use, the whole catalog, and domains of no app.

import { useMemo, useState } from 'preact/hooks';
import { mayOperate } from '../base/api';
import { bytes, count, one } from '../base/format';
import { useLoad } from '../base/load';
import { RANGES, readRange } from '../base/ranges';
import { go, href, place, setQuery } from '../base/router';
import { APP_QUERIES, FACTORS } from '../base/vocabulary';
import { wordy } from '../base/words';
import { RiskScore, Tags } from '../parts/badges';
import { Choice, Segments, Tabs } from '../parts/controls';
import { Chips, FilterBar, saveCsv, SearchField } from '../parts/filter_bar';
import { Icon } from '../parts/icons';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { SavedSearches } from '../parts/saved';
import { Table, useSome, type Column } from '../parts/table';
import { Time } from '../parts/time';
import { idOfApp, nameOfApp, type AppRow, type Report } from './discovery_types';
import { StandingButtons } from './tagging';

const RISK_SCORES: Record<string, string> = { high: '0-3', medium: '4-6', low: '7-10' };
const ANY = { value: '', title: 'any' };
const TAGS = [ANY, ...['sanctioned', 'unsanctioned', 'monitored', 'custom_app', 'none'].map((value) => ({ value, title: wordy(value) }))];
const RISKS = [ANY, ...['high', 'medium', 'low'].map((value) => ({ value, title: wordy(value) }))];
const QUERIES = [{ value: '', title: 'none' }, ...APP_QUERIES];
const FACTOR_CHOICES = [ANY, ...FACTORS.map((value) => ({ value, title: wordy(value) }))];
const NAMES = ['q', 'tag', 'category', 'risk', 'query', 'has', 'lacks', 'user', 'group', 'country', 'device', 'address'];
const CHIPS = ['user', 'group', 'country', 'device', 'address'].map((name) => ({ name, title: wordy(name) }));

interface CatalogApp { id: string; name: string; vendor: string; category: string; tags: string[]; domains: string[] }

const toApp = (id: string): string => href(`/apps/${encodeURIComponent(id)}`, { range: place.value.query.get('range') ?? undefined });

// The words are those of the whole catalog, which is large: it is asked for once, behind what the view is about.
let kept: readonly string[] = [];

function useCategories(behind: boolean): { value: string; title: string }[] {
  const catalog = useLoad<CatalogApp[]>(behind && kept.length === 0 ? 'apps' : null);
  return useMemo(() => {
    if (catalog.value) kept = [...new Set(catalog.value.map(({ category }) => category))];
    const known = new Set(kept);
    const chosen = place.value.query.get('category');
    if (chosen) known.add(chosen);
    return [ANY, ...[...known].sort().map((value) => ({ value, title: wordy(value) }))];
  }, [catalog.value, place.value]);
}

// The line below a list, which draws more of it.
function Foot({ shown, all, word, more, children }: {
  shown: number; all: number; word: string; more: () => void; children?: preact.ComponentChildren;
}) {
  return (
    <div class="sheet-foot"><span>{shown < all ? `${count(shown)} of ${one(all, word)}` : one(all, word)}</span>
      {shown < all && <button type="button" class="quiet" onClick={more}>Show more</button>}{children}</div>
  );
}

const USE_COLUMNS: readonly Column<AppRow>[] = [
  { key: 'name', title: 'App', grow: true, sort: (row) => nameOfApp(row).toLowerCase(),
    cell: (row) => <a href={toApp(idOfApp(row))} class="strong">{nameOfApp(row)}</a> },
  { key: 'category', title: 'Category', least: 'middle', cell: (row) => wordy(row.category), sort: (row) => row.category ?? '' },
  { key: 'tags', title: 'Tags', cell: (row) => <Tags tags={row.tags} />, sort: (row) => (row.tags ?? []).join() },
  { key: 'risk', title: 'Score', cell: (row) => <RiskScore score={row.risk_score} />, sort: (row) => row.risk_score ?? 99 },
  { key: 'users', title: 'Users', number: true, cell: (row) => count(row.users), sort: (row) => row.users },
  { key: 'transactions', title: 'Transactions', number: true, least: 'wide', cell: (row) => count(row.transactions), sort: (row) => row.transactions },
  { key: 'sent', title: 'Sent', number: true, cell: (row) => bytes(row.sent), sort: (row) => row.sent },
  { key: 'received', title: 'Received', number: true, least: 'middle', cell: (row) => bytes(row.received), sort: (row) => row.received },
  { key: 'upload_bytes', title: 'Uploaded', number: true, least: 'middle', cell: (row) => bytes(row.upload_bytes), sort: (row) => row.upload_bytes },
  { key: 'blocked', title: 'Blocked', number: true, least: 'widest', cell: (row) => count(row.blocked), sort: (row) => row.blocked ?? 0 },
  { key: 'last', title: 'Last used', least: 'widest', cell: (row) => <Time at={row.last_seen} relative />, sort: (row) => row.last_seen },
];

function InUse({ range }: { range: string }) {
  const { query } = place.value;
  const ask = (name: string): string => query.get(name) ?? '';
  const words = ask('q').toLowerCase();
  const { value, failure, loading, again } = useLoad<Report & { apps: AppRow[] }>('discovery/apps', {
    since: range, tag: ask('tag'), category: ask('category'), risk_score: RISK_SCORES[ask('risk')], query: ask('query'), has: ask('has'),
    lacks: ask('lacks'), user: ask('user'), group: ask('group'), country: ask('country'), device: ask('device'), address: ask('address'),
    limit: 10000 });
  const categories = useCategories(!loading);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => (value?.apps ?? []).filter((row) =>
    words === '' || nameOfApp(row).toLowerCase().includes(words) || idOfApp(row).includes(words)), [value, words]);
  const [some, all, more] = useSome(rows);
  const picked = rows.filter((row) => row.app && chosen.has(row.app)).map((row) => ({ id: row.app!, name: nameOfApp(row), tags: row.tags ?? [] }));
  const save = (): void => saveCsv(`apps-${value?.since}-${value?.until}`,
    ['app', 'name', 'category', 'tags', 'risk_score', 'users', 'transactions', 'sent', 'received', 'uploads', 'upload_bytes', 'blocked', 'last_seen'],
    rows.map((row) => [idOfApp(row), nameOfApp(row), row.category ?? '', (row.tags ?? []).join(' '), row.risk_score ?? '', row.users,
      row.transactions, row.sent, row.received, row.uploads, row.upload_bytes, row.blocked ?? 0, row.last_seen]));
  return (
    <>
      <FilterBar names={NAMES}>
        <SearchField name="q" placeholder="App" />
        <Choice label="Tag" options={TAGS} value={ask('tag')} onChange={(tag) => setQuery({ tag })} />
        <Choice label="Category" options={categories} value={ask('category')} onChange={(category) => setQuery({ category })} />
        <Choice label="Risk" options={RISKS} value={ask('risk')} onChange={(risk) => setQuery({ risk })} />
        <Choice label="Has" options={FACTOR_CHOICES} value={ask('has')} onChange={(has) => setQuery({ has })} />
        <Choice label="Lacks" options={FACTOR_CHOICES} value={ask('lacks')} onChange={(lacks) => setQuery({ lacks })} />
        <Choice label="Suggested query" options={QUERIES} value={ask('query')} onChange={(picked) => setQuery({ query: picked })} />
        <SavedSearches view="apps" names={NAMES} />
        <Chips of={CHIPS} />
      </FilterBar>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={14} />}
      {value && rows.length === 0 && <Nothing title="No app in use is like that">Choose a longer time or fewer conditions.</Nothing>}
      {value && rows.length > 0 && (
        <div class="sheet">
          <Table label="Apps in use" rows={some} idOf={idOfApp} columns={USE_COLUMNS} stale={loading} keys
            onOpen={(row) => go(toApp(idOfApp(row)))} {...(mayOperate() && { chosen, onChoose: setChosen })} />
          <Foot shown={some.length} all={all} word="app" more={more}>
            <button type="button" class="quiet" onClick={save}><Icon name="download" size={14} />CSV</button></Foot>
        </div>
      )}
      {picked.length > 0 && (
        <div class="bulk" role="region" aria-label="Chosen apps">
          <span>{one(picked.length, 'app')} chosen</span>
          <StandingButtons apps={picked} onDone={() => { setChosen(new Set()); again(); }} />
          <button type="button" class="quiet" onClick={() => setChosen(new Set())}>Choose none</button>
        </div>
      )}
    </>
  );
}

const CATALOG_COLUMNS: readonly Column<CatalogApp>[] = [
  { key: 'name', title: 'App', grow: true, sort: (row) => row.name.toLowerCase(),
    cell: (row) => <><Link to={`/apps/${encodeURIComponent(row.id)}`} class="strong">{row.name}</Link>
      {row.vendor !== row.name && <span class="cell-note">{row.vendor}</span>}</> },
  { key: 'category', title: 'Category', cell: (row) => wordy(row.category), sort: (row) => row.category },
  { key: 'tags', title: 'Tags', cell: (row) => <Tags tags={row.tags} />, sort: (row) => row.tags.join() },
  { key: 'domains', title: 'Domains', least: 'middle', cell: (row) => row.domains.slice(0, 3).join(', ') + (row.domains.length > 3 ? ` +${row.domains.length - 3}` : '') },
];

function Catalog() {
  const { query } = place.value;
  const ask = (name: string): string => query.get(name) ?? '';
  const { value, failure, loading, again } = useLoad<CatalogApp[]>('apps', { q: ask('q'), tag: ask('tag') === 'none' ? '' : ask('tag'), category: ask('category') });
  const categories = useCategories(!loading);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const rows = value ?? [];
  const [some, all, more] = useSome(rows);
  const picked = rows.filter((row) => chosen.has(row.id));
  return (
    <>
      <FilterBar names={['q', 'tag', 'category']}>
        <SearchField name="q" placeholder="Name, vendor or domain" />
        <Choice label="Tag" options={TAGS.slice(0, -1)} value={ask('tag')} onChange={(tag) => setQuery({ tag })} />
        <Choice label="Category" options={categories} value={ask('category')} onChange={(category) => setQuery({ category })} />
      </FilterBar>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={14} />}
      {value && rows.length === 0 && <Nothing title="The catalog has no such app" />}
      {value && rows.length > 0 && (
        <div class="sheet">
          <Table label="Catalog" rows={some} idOf={(row) => row.id} columns={CATALOG_COLUMNS} stale={loading} keys
            onOpen={(row) => go(toApp(row.id))} {...(mayOperate() && { chosen, onChoose: setChosen })} />
          <Foot shown={some.length} all={all} word="app" more={more} />
        </div>
      )}
      {picked.length > 0 && (
        <div class="bulk" role="region" aria-label="Chosen apps">
          <span>{one(picked.length, 'app')} chosen</span>
          <StandingButtons apps={picked} onDone={() => { setChosen(new Set()); again(); }} />
          <button type="button" class="quiet" onClick={() => setChosen(new Set())}>Choose none</button>
        </div>
      )}
    </>
  );
}

type HostRow = AppRow & { domain: string; kind?: string };

function Domains({ range }: { range: string }) {
  const { value, failure, loading, again } = useLoad<Report & { hosts: HostRow[] }>('discovery/hosts', { since: range, limit: 1000 });
  return (
    <>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={10} />}
      {value && value.hosts.length === 0 && <Nothing title="Every domain in use belongs to an app of the catalog" />}
      {value && value.hosts.length > 0 && (
        <div class="sheet">
          <Table label="Domains of no app" rows={value.hosts} idOf={idOfApp} stale={loading} keys onOpen={(row) => go(toApp(idOfApp(row)))}
            columns={[{ key: 'domain', title: 'Domain', grow: true, cell: (row) => <a href={toApp(idOfApp(row))} class="strong">{idOfApp(row)}</a> },
              ...USE_COLUMNS.filter(({ key }) => ['users', 'transactions', 'sent', 'received', 'last'].includes(key))] as Column<HostRow>[]} />
        </div>
      )}
    </>
  );
}

export function Apps() {
  const range = readRange();
  const tab = place.value.query.get('list') ?? 'use';
  const keep = (list?: string): string => href('/apps', { list, range: place.value.query.get('range') ?? undefined });
  return (
    <Page title="Apps" tools={tab !== 'catalog' && <Segments label="Time" options={RANGES} value={range}
      onChange={(value) => setQuery({ range: value === '30d' ? undefined : value })} />}>
      <Tabs label="Lists of apps" current={tab} tabs={[
        { id: 'use', title: 'In use', to: keep() }, { id: 'catalog', title: 'Catalog', to: keep('catalog') },
        { id: 'domains', title: 'Domains of no app', to: keep('domains') }]} />
      {tab === 'catalog' ? <Catalog /> : tab === 'domains' ? <Domains range={range} /> : <InUse range={range} />}
    </Page>
  );
}
