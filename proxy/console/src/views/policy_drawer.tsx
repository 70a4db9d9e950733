// One policy: what it is, what it came to over time, and the ways on from it.

import { compact, count } from '../base/format';
import { useLoad } from '../base/load';
import { mayHandle } from '../base/api';
import { href, setQuery, place } from '../base/router';
import { wordy } from '../base/words';
import { Severity } from '../parts/badges';
import { allDays, Chart } from '../parts/chart';
import { Segments } from '../parts/controls';
import { Copyable } from '../parts/copyable';
import { Drawer } from '../parts/dialog';
import { Link } from '../parts/link';
import { Facts } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { isReport, type AlertDay, type Matches, type Policy } from './policy_types';

const SPANS = [{ value: '14d', title: '14 days' }, { value: '30d', title: '30 days' }, { value: '90d', title: '90 days' }];

function OverTime({ policy }: { policy: Policy }) {
  const range = place.value.query.get('over') ?? '30d';
  const reports = isReport(policy);
  const matches = useLoad<Matches>(reports ? null : 'policies/matches', { since: range });
  const alerts = useLoad<AlertDay[]>(reports ? 'alert-days' : null);
  const { failure, again } = reports ? alerts : matches;
  const until = new Date().toISOString().slice(0, 10);
  const days = allDays(new Date(Date.now() - (Number.parseInt(range, 10) - 1) * 86400e3).toISOString().slice(0, 10), until);
  const known = reports ? alerts.value && new Map(alerts.value.filter((row) => row.policy_id === policy.id).map((row) => [row.day, row]))
    : matches.value && new Map((matches.value.policies.find(({ name }) => name === policy.name)?.days ?? []).map((row) => [row.day, { raised: row.count, suppressed: 0 }]));
  const values = days.map((day) => known?.get(day)?.raised ?? 0);
  const held = days.map((day) => known?.get(day)?.suppressed ?? 0);
  const sum = values.reduce((total, n) => total + n, 0);
  return (
    <section>
      <div class="section-head"><h3>{reports ? 'Alerts' : 'Matches'} over time{known && ` (${count(sum)})`}</h3>
        <Segments label="Time" options={SPANS} value={range} onChange={(value) => setQuery({ over: value === '30d' ? undefined : value }, 'replace')} /></div>
      {failure && <Refused failure={failure} again={again} />}
      {!known && !failure && <Waiting rows={6} />}
      {known && (sum + held.reduce((total, n) => total + n, 0) === 0 ? <Nothing title={reports ? 'It raised no alert in this time' : 'It decided nothing in this time'} />
        : <Chart label={`${policy.name}, by day`} days={days} show={compact} height={160} series={[{ title: reports ? 'Raised' : 'Decided by it', kind: 'one', values },
            ...(held.some((n) => n > 0) ? [{ title: 'Beyond the limit of a day', kind: 'three' as const, values: held }] : [])]} />)}
    </section>
  );
}

export function PolicyDrawer({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  return (
    <Drawer title={policy.name} onClose={onClose} wide>
      <div class="actions">
        <a class="button" href={href(`/policies/${encodeURIComponent(policy.file)}`, { line: String(policy.line) })}>In the editor</a>
        {mayHandle() && !isReport(policy) && <Link class="button" to="/activities" query={{ policy: policy.name, range: '30d' }}>Activities</Link>}
        {mayHandle() && <Link class="button" to="/alerts" query={{ policy: policy.id, state: 'all' }}>Alerts</Link>}
      </div>
      <Facts facts={[
        ['Place', `${policy.order}, ${wordy(policy.kind).toLowerCase()}`], ['Does', <>{policy.then ? wordy(policy.then) : 'Reports'}{policy.mode === 'rehearse' && <span class="badge monitored left">Rehearsal</span>}</>],
        ['Severity', <Severity value={policy.severity} />], ['Category', wordy(policy.category)], ['Owner', policy.owner || '–'],
        ...(policy.starts || policy.expires ? [['In force', [policy.starts && `from ${policy.starts}`, policy.expires && `until ${policy.expires}`].filter(Boolean).join(' ')] as [string, string]] : []),
        ['Written in', <code>{policy.file}:{policy.line}</code>], ['Id', <Copyable text={policy.id} />],
      ]} />
      <OverTime policy={policy} />
    </Drawer>
  );
}
