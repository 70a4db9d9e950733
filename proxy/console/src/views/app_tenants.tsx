// The instances (tenants, workspaces) of an app that are used, and the apps of others that asked for rights in it.

import { bytes, count, one } from '../base/format';
import { useLoad } from '../base/load';
import { href } from '../base/router';
import { wordy } from '../base/words';
import { Link } from '../parts/link';
import { Panel } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table } from '../parts/table';
import { Time } from '../parts/time';

const SHOWN = 50;

interface Instance {
  instance: string; kind?: string; users: number; user_names?: string[]; accounts?: string[]; activities: number; stopped: number;
  uploads: number; downloads: number; bytes_in: number; bytes_out: number; first_seen: string; last_seen: string;
}
interface Answer { total: number }

// Times of these lists are UTC without saying so.
const utc = (stamp: string): string => `${stamp}Z`;

function More({ total }: Answer) {
  return total > SHOWN ? <p class="panel-note">{one(total - SHOWN, 'more is', 'more are')} not shown; <code>limit</code> of the API gives them.</p> : null;
}

function People({ names }: { names?: string[] }) {
  if (!names || names.length === 0) return <>–</>;
  return <>{names.slice(0, 3).map((name, n) => <span key={name}>{n > 0 && ', '}<a href={href(`/users/${encodeURIComponent(name)}`)}>{name}</a></span>)}
    {names.length > 3 && <span class="field-note" title={names.slice(3, 40).join(', ')}> and {count(names.length - 3)}</span>}</>;
}

export function Instances({ id, range }: { id: string; range: string }) {
  const { value, failure, loading, again } = useLoad<Answer & { instances: Instance[]; untold: number }>('instances', { app: id, since: range, limit: SHOWN });
  const rows = value?.instances ?? [];
  return (
    <Panel title="Instances" class="span-all flush">
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={3} />}
      {value && rows.length === 0 && <Nothing title="No instance is told">{value.untold > 0 ? 'What was asked of it named no tenant or workspace.' : 'Nothing of it is kept in this time.'}</Nothing>}
      {rows.length > 0 && <Table label="Instances" rows={rows} idOf={(row) => row.instance} columns={[
        { key: 'instance', title: 'Tenant or workspace', grow: true, sort: (row) => row.instance, cell: (row) => <span class="strong">{row.instance}</span> },
        { key: 'kind', title: 'Whose', sort: (row) => row.kind ?? '', cell: (row) => row.kind ? wordy(row.kind) : 'not known' },
        { key: 'users', title: 'Users', number: true, sort: (row) => row.users, cell: (row) => count(row.users) },
        { key: 'names', title: 'Who', least: 'wide', cell: (row) => <People names={row.user_names} /> },
        { key: 'activities', title: 'Activities', number: true, sort: (row) => row.activities, cell: (row) => count(row.activities) },
        { key: 'uploads', title: 'Uploads', number: true, least: 'middle', sort: (row) => row.uploads, cell: (row) => count(row.uploads) },
        { key: 'stopped', title: 'Stopped', number: true, least: 'middle', sort: (row) => row.stopped, cell: (row) => count(row.stopped) },
        { key: 'sent', title: 'Sent', number: true, least: 'wide', sort: (row) => row.bytes_in, cell: (row) => bytes(row.bytes_in) },
        { key: 'last', title: 'Last', least: 'middle', sort: (row) => row.last_seen, cell: (row) => <Time at={utc(row.last_seen)} relative /> },
      ]} />}
      {value && <More total={value.total} />}
      {value && rows.length > 0 && value.untold > 0 && <p class="panel-note">Of {one(value.untold, 'more activity', 'more activities')} nothing told the instance.</p>}
    </Panel>
  );
}

interface Consent {
  client: string; name?: string; publisher?: string[]; level?: string; scopes?: string[]; users: number; user_names?: string[];
  common: string; requests: number; stopped: number; first_seen: string; last_seen: string; admin?: string;
}

// What was asked for through the gateway; what is granted in the app itself, it does not see.
export function Consents({ id, range }: { id: string; range: string }) {
  const { value, failure, loading, again } = useLoad<Answer & { consents: Consent[] }>('consents', { app: id, since: range, limit: SHOWN });
  const rows = value?.consents ?? [];
  return (
    <Panel title="Third-party consents" class="span-all flush" tools={rows.length > 0 ? <Link to="/activities" query={{ app: id, q: 'activity: consent' }}>In the log</Link> : undefined}>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={3} />}
      {value && rows.length === 0 && <Nothing title="No other app asked for rights here" />}
      {rows.length > 0 && <Table label="Third-party consents" rows={rows} idOf={(row) => row.client} columns={[
        { key: 'name', title: 'App that asked', grow: true, sort: (row) => row.name ?? row.client, cell: (row) => <><span class="strong">{row.name || row.client}</span>
          <span class="cell-note">{row.publisher?.join(', ') || (row.name ? row.client : '')}</span></> },
        { key: 'level', title: 'How much', sort: (row) => ['', 'low', 'medium', 'high'].indexOf(row.level ?? ''), cell: (row) => <>{row.level ? wordy(row.level) : 'not known'}{row.admin && ', for everybody'}</> },
        { key: 'scopes', title: 'Scopes', least: 'wide', cell: (row) => <span title={row.scopes?.join(' ')}>{count(row.scopes?.length ?? 0)}</span>, number: true },
        { key: 'users', title: 'Users', number: true, sort: (row) => row.users, cell: (row) => <span title={row.user_names?.slice(0, 40).join(', ')}>{count(row.users)}</span> },
        { key: 'common', title: 'How common', least: 'middle', cell: (row) => wordy(row.common) },
        { key: 'requests', title: 'Times', number: true, least: 'middle', sort: (row) => row.requests, cell: (row) => count(row.requests) },
        { key: 'stopped', title: 'Stopped', number: true, sort: (row) => row.stopped, cell: (row) => count(row.stopped) },
        { key: 'last', title: 'Last', least: 'middle', sort: (row) => row.last_seen, cell: (row) => <Time at={utc(row.last_seen)} relative /> },
      ]} />}
      {value && <More total={value.total} />}
    </Panel>
  );
}
