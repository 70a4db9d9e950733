// Every policy in the order that counts, with what it decided lately, and the files that they stand in.

import { useMemo } from 'preact/hooks';
import { count, one } from '../base/format';
import { useLoad } from '../base/load';
import { go, href, place, setQuery } from '../base/router';
import { wordy } from '../base/words';
import { Severity } from '../parts/badges';
import { Choice } from '../parts/controls';
import { FilterBar, SearchField } from '../parts/filter_bar';
import { Link } from '../parts/link';
import { Page, Panel } from '../parts/page';
import { Spark } from '../parts/spark';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table, type Column } from '../parts/table';
import { allDays } from '../parts/chart';
import { PolicyDrawer } from './policy_drawer';
import { isReport, type AlertDay, type Matches, type Policy, type PolicyFile } from './policy_types';

const NAMES = ['q', 'kind', 'mode', 'severity'];
const KINDS = ['access', 'session', 'activity', 'app_discovery', 'tls', 'detection'];
const choices = (values: readonly string[]): { value: string; title: string }[] => [{ value: '', title: 'any' }, ...values.map((value) => ({ value, title: wordy(value) }))];

export function Policies() {
  const { query } = place.value;
  const got = (name: string): string => query.get(name) ?? '';
  const { value, failure, loading, again } = useLoad<{ files: PolicyFile[]; policies: Policy[] }>('policies');
  const matches = useLoad<Matches>('policies/matches', { since: '14d' });
  const alerts = useLoad<AlertDay[]>('alert-days');
  const today = new Date().toISOString().slice(0, 10);
  const days = useMemo(() => allDays(new Date(Date.now() - 13 * 86400e3).toISOString().slice(0, 10), today), [today]);
  const byName = useMemo(() => new Map((matches.value?.policies ?? []).map((one) => [one.name, new Map(one.days.map(({ day, count: n }) => [day, n]))])), [matches.value]);
  const raised = useMemo(() => {
    const map = new Map<string, Map<string, number>>();
    for (const { policy_id: id, day, raised: n } of alerts.value ?? []) {
      if (!map.has(id)) map.set(id, new Map());
      map.get(id)!.set(day, n);
    }
    return map;
  }, [alerts.value]);
  const valuesOf = (row: Policy): number[] => {
    const of = isReport(row) ? raised.get(row.id) : byName.get(row.name);
    return days.map((day) => of?.get(day) ?? 0);
  };
  const totalOf = (row: Policy): number => valuesOf(row).reduce((sum, n) => sum + n, 0);
  const words = got('q').toLowerCase();
  const rows = (value?.policies ?? []).filter((row) => (words === '' || row.name.toLowerCase().includes(words) || row.id.includes(words))
    && (got('kind') === '' || row.kind === got('kind')) && (got('mode') === '' || row.mode === got('mode')) && (got('severity') === '' || row.severity === got('severity')));
  const id = got('id');
  const shown = value?.policies.find((row) => row.id === id);
  const inDrawer = (row: Policy): string => {
    const next = new URLSearchParams(query);
    next.set('id', row.id);
    return href('/policies', next);
  };
  const columns: readonly Column<Policy>[] = [
    { key: 'order', title: 'No.', number: true, least: 'middle', cell: (row) => row.order, sort: (row) => row.order },
    { key: 'name', title: 'Policy', grow: true, sort: (row) => row.name.toLowerCase(), cell: (row) => <a href={inDrawer(row)} class="strong" title={row.name}>{row.name}</a> },
    { key: 'kind', title: 'Kind', least: 'middle', cell: (row) => wordy(row.kind), sort: (row) => row.kind },
    { key: 'then', title: 'Does', cell: (row) => <>{row.then ? wordy(row.then) : 'Reports'}{row.mode === 'rehearse' && <span class="badge monitored left">Rehearsal</span>}</>, sort: (row) => row.then ?? '' },
    { key: 'severity', title: 'Severity', least: 'middle', cell: (row) => <Severity value={row.severity} />, sort: (row) => ['informational', 'low', 'medium', 'high'].indexOf(row.severity) },
    { key: 'days', title: '14 days', least: 'wide', cell: (row) => <Spark values={valuesOf(row)} titles={days} /> },
    { key: 'total', title: 'Matches', number: true, cell: (row) => totalOf(row) === 0 ? <span class="none">0</span>
      : isReport(row) ? <Link to="/alerts" query={{ policy: row.id, state: 'all' }}>{one(totalOf(row), 'alert')}</Link>
        : <Link to="/activities" query={{ policy: row.name, range: '30d' }}>{count(totalOf(row))}</Link>, sort: totalOf },
    { key: 'file', title: 'File', least: 'wide', cell: (row) => <Link to={`/policies/${encodeURIComponent(row.file)}`} query={{ line: String(row.line) }} class="mono">{row.file}:{row.line}</Link> },
  ];
  return (
    <>
    <Page title="Policies" note={value && one(value.policies.length, 'policy', 'policies')}>
      <FilterBar names={NAMES}>
        <SearchField name="q" placeholder="Policy" />
        <Choice label="Kind" options={choices(KINDS)} value={got('kind')} onChange={(kind) => setQuery({ kind })} />
        <Choice label="Mode" options={choices(['enforce', 'rehearse'])} value={got('mode')} onChange={(mode) => setQuery({ mode })} />
        <Choice label="Severity" options={choices(['high', 'medium', 'low', 'informational'])} value={got('severity')} onChange={(severity) => setQuery({ severity })} />
      </FilterBar>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={14} />}
      {value && rows.length === 0 && <Nothing title={value.policies.length === 0 ? 'There are no policies: everything is allowed' : 'No policy is like that'} />}
      {value && (
        <div class="stack">
          {rows.length > 0 && <div class="sheet"><Table label="Policies" rows={rows} columns={columns} idOf={(row) => row.id} keys current={id} onOpen={(row) => go(inDrawer(row), id ? 'replace' : 'push')} /></div>}
          <Panel title="Files" class="flush">
            <Table label="Files of policies" rows={value.files} idOf={(row) => row.file} columns={[
              { key: 'file', title: 'File', grow: true, cell: (row) => <Link to={`/policies/${encodeURIComponent(row.file)}`} class="strong">{row.file}</Link> },
              { key: 'policies', title: 'Policies', number: true, cell: (row) => count(row.policies) },
              { key: 'tests', title: 'Tests', cell: (row) => row.tests ? <Link to={`/policies/${encodeURIComponent(row.tests)}`}>{row.tests}</Link> : 'none' },
            ]} />
          </Panel>
        </div>
      )}
    </Page>
    {shown && <PolicyDrawer key={shown.id} policy={shown} onClose={() => setQuery({ id: undefined, over: undefined })} />}
    </>
  );
}
