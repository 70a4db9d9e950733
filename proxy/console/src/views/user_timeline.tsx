// What a person did and what was made of it, newest first: activities and alerts in one line of time.

import { useState } from 'preact/hooks';
import { bytes, day } from '../base/format';
import { useLoad } from '../base/load';
import { place, setQuery } from '../base/router';
import { wordy } from '../base/words';
import { Severity, Verdict } from '../parts/badges';
import { Segments } from '../parts/controls';
import { Link } from '../parts/link';
import { Panel } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Time } from '../parts/time';
import type { ActivityRow } from './activity_types';
import type { Alert } from './alert_types';

const KINDS = [{ value: '', title: 'All' }, { value: 'logins', title: 'Sign-ins' }, { value: 'uploads', title: 'Uploads' }, { value: 'shares', title: 'Sharing' },
  { value: 'admin', title: 'Administration' }, { value: 'stopped', title: 'Stopped' }];
const ASKED: Record<string, Record<string, string>> = {
  logins: { filter: 'activity: [login, login_failed, logout]' }, uploads: { verb: 'upload' }, shares: { filter: 'activity: [share, unshare, invite]' },
  admin: { filter: 'activity.admin: true' }, stopped: { verdict: 'block' },
};
const STEP = 25;

type Line = { at: string; activity: ActivityRow } | { at: string; alert: Alert };

export function Timeline({ user, range, alerts }: { user: string; range: string; alerts: readonly Alert[] }) {
  const kind = place.value.query.get('line') ?? '';
  const [most, setMost] = useState(STEP);
  const asked = ASKED[kind] ?? {};
  const { value, failure, loading, again } = useLoad<{ activities: ActivityRow[]; next: string | null }>('activities', { user, since: range, ...asked, limit: most });
  const activities = value?.activities ?? [];
  const oldest = value?.next ? activities.at(-1)?.time ?? '' : '';
  const lines: Line[] = [...activities.map((activity): Line => ({ at: activity.time, activity })),
    ...(kind === '' ? alerts.filter(({ time }) => time >= oldest).map((alert): Line => ({ at: alert.time, alert })) : [])].sort((a, b) => (a.at < b.at ? 1 : -1));
  const days = [...new Set(lines.map(({ at }) => day(new Date(at))))];
  return (
    <Panel title="Timeline" class="span-all" tools={<><Segments label="Timeline of" options={KINDS} value={kind} onChange={(to) => { setMost(STEP); setQuery({ line: to || undefined }, 'replace'); }} />
      <Link to="/activities" query={{ user, range, ...(asked.filter ? { q: asked.filter } : asked) }}>In the log</Link></>}>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={8} />}
      {value && lines.length === 0 && <Nothing title="Nothing of that in this time" />}
      <div class={loading && value ? 'stale' : ''}>{days.map((one) => (
        <section key={one}><h3 class="line-day">{one}</h3>
          <ol class="timeline short">{lines.filter(({ at }) => day(new Date(at)) === one).map((line) => ('alert' in line
            ? <li key={line.alert.id} class="loud"><Time at={line.at} seconds clock /><div><Severity value={line.alert.severity} /> <Link to="/alerts" query={{ id: line.alert.id, state: 'all' }}>{line.alert.policy}</Link></div></li>
            : <li key={line.activity.id}><Time at={line.at} seconds clock /><div><Link to="/activities" query={{ user, id: line.activity.id, range: '90d' }}>{wordy(line.activity.type ?? 'other')}</Link> in {line.activity.app_name ?? line.activity.host ?? 'no app'}
                {' '}{line.activity.action !== 'allow' && <Verdict action={line.activity.action} ending={line.activity.ending} />}
                {' '}<span class="none">{line.activity.client}{line.activity.bytes_in > 10_000 && `, ${bytes(line.activity.bytes_in)} sent`}</span></div></li>))}
          </ol></section>))}</div>
      {value?.next && <button type="button" class="quiet" onClick={() => setMost(most + 4 * STEP)}>Show more</button>}
    </Panel>
  );
}
