// One alert: what it is about, its evidence, what was made of it, and what can be done.

import { useEffect, useState } from 'preact/hooks';
import { mayHandle, mayOperate } from '../base/api';
import { count } from '../base/format';
import { useLoad } from '../base/load';
import { wordy } from '../base/words';
import { Severity, Verdict } from '../parts/badges';
import { Copyable } from '../parts/copyable';
import { Drawer } from '../parts/dialog';
import { Link } from '../parts/link';
import { Facts } from '../parts/page';
import { Refused, Waiting } from '../parts/states';
import { Time } from '../parts/time';
import { attempt } from '../parts/toast';
import { CloseAlerts, Discuss, handle } from './alert_actions';
import type { Alert, AlertStep } from './alert_types';
import type { EventRecord } from './activity_types';
import { AskApp } from './app_actions';
import { AskUser, SuspendUser } from './user_actions';

const SHOWN = 12; // activities of the evidence

function wordsOf(step: AlertStep): string {
  switch (step.step) {
    case 'close': return `closed as ${wordy(step.resolution).toLowerCase()}${step.reason ? `: ${wordy(step.reason).toLowerCase()}` : ''}`;
    case 'assign': return step.assignee ? `assigned to ${step.assignee}` : 'assigned to nobody';
    case 'comment': return 'commented';
    case 'read': return 'read';
    case 'unread': return 'unread again';
    case 'reopen': return 'opened again';
    default: return step.step ?? '';
  }
}

function History({ alert }: { alert: Alert }) {
  return (
    <section><h3>History</h3>
      <ol class="timeline">
        <li><Time at={alert.time} seconds /><div>raised by the policy</div></li>
        {(alert.history ?? []).map((step, n) => (
          <li key={n}><Time at={step.at} seconds /><div>{step.who ? `${step.who}: ` : ''}{wordsOf(step)}{step.text && <p class="said">{step.text}</p>}</div></li>
        ))}
      </ol>
    </section>
  );
}

function EvidenceLine({ id }: { id: string }) {
  const { value, failure } = useLoad<EventRecord>(`activities/${id}`);
  const link = <Link to="/activities" query={{ id, range: '90d' }}>{value ? wordy(value.type ?? 'other') : id}</Link>;
  if (!value) return <li><span class="none">{failure ? 'no longer kept' : '…'}</span><div>{link}</div></li>;
  return (
    <li><Time at={value.time} seconds /><div>{link} {value.file?.name && <span class="strong">{value.file.name} </span>}
      in {value.app?.name ?? value.host} <Verdict action={value.action} ending={value.ending} /></div></li>
  );
}

export function AlertDrawer({ id, onClose, onChange }: { id: string; onClose: () => void; onChange: () => void }) {
  const loaded = useLoad<Alert>(`alerts/${id}`);
  const [handled, setHandled] = useState<Alert | null>(null);
  const [open, setOpen] = useState<'close' | 'suspend' | 'ask' | 'app' | null>(null);
  const alert = handled ?? loaded.value;
  const took = (next: Alert): void => { setHandled(next); onChange(); };
  const step = (what: string, done: string): void => void attempt(async () => took(await handle(id, what)), done);

  // Whoever opens it has read it.
  useEffect(() => {
    if (!loaded.value || loaded.value.read || !mayHandle()) return;
    handle(id, 'read').then(took, () => undefined);
  }, [loaded.value?.id]);

  const evidence = [...(alert?.events ?? [])].sort().reverse();
  return (
    <Drawer title={alert?.policy ?? 'Alert'} onClose={onClose}>
      {loaded.failure && <Refused failure={loaded.failure} again={loaded.again} />}
      {!alert && loaded.loading && <Waiting rows={8} />}
      {alert && (
        <>
          <p class="lead">{alert.text}</p>
          {mayHandle() && (
            <div class="actions">
              {alert.resolution === 'open' ? <button type="button" class="main-action" onClick={() => setOpen('close')}>Close…</button>
                : <button type="button" onClick={() => step('reopen', 'Opened again')}>Open again</button>}
              {alert.read && alert.resolution === 'open' && <button type="button" onClick={() => step('unread', 'Marked as unread')}>Mark as unread</button>}
              {alert.user && mayOperate() && <>
                <button type="button" onClick={() => setOpen('ask')}>Ask {alert.user}…</button>
                <button type="button" onClick={() => setOpen('app')}>At an app…</button>
                <button type="button" class="danger" onClick={() => setOpen('suspend')}>Suspend…</button></>}
            </div>
          )}
          <Facts facts={[
            ['Severity', <Severity value={alert.severity} />],
            ['State', <>{wordy(alert.resolution)}{alert.reason && `, ${wordy(alert.reason).toLowerCase()}`}</>],
            ['Assigned to', alert.assignee || '–'],
            ['User', alert.user ? <Link to={`/users/${encodeURIComponent(alert.user)}`}>{alert.user}</Link> : 'nobody known'],
            ['Address', alert.client ? <Link to="/activities" query={{ ip: alert.client }}>{alert.client}</Link> : '–'],
            ['App', alert.app ? <Link to={`/apps/${alert.app}`}>{alert.app_name ?? alert.app}</Link> : alert.host ?? '–'],
            ['Policy', <Link to="/alerts" query={{ policy: alert.policy_id, state: 'all' }}>{alert.policy_id}</Link>],
            ['Kind', `${wordy(alert.kind)}, ${wordy(alert.category).toLowerCase()}`],
            ['Reference', <Copyable text={alert.id} />],
          ]} />
          <section><h3>Evidence ({count(alert.count)})</h3>
            <ol class="timeline">{evidence.slice(0, SHOWN).map((event) => <EvidenceLine key={event} id={event} />)}</ol>
            {evidence.length > SHOWN && <p class="none">and {count(evidence.length - SHOWN)} more</p>}
          </section>
          <History alert={alert} />
          {mayHandle() && <Discuss key={`${alert.assignee}`} alert={alert} onDone={took} />}
          {evidence[0] && alert.kind !== 'app_discovery' && (
            <section><h3>An exception</h3>
              <p class="none">The smallest change of the policy that lets this pass. It shows the change; with <code>--write</code> it makes it.</p>
              <Copyable text={`sallyport policy except --event ${evidence[0]} --policy ${alert.policy_id} --by user,app --reason '…'`} block /></section>
          )}
        </>
      )}
      {alert && open === 'close' && <CloseAlerts alerts={[alert]} onClose={() => setOpen(null)} onDone={() => { setHandled(null); loaded.again(); onChange(); }} />}
      {alert && open === 'app' && <AskApp user={alert.user} app={alert.app} alert={alert.id} onClose={() => setOpen(null)} />}
      {alert && open === 'suspend' && <SuspendUser user={alert.user} app={alert.app} appName={alert.app_name} onClose={() => setOpen(null)} onDone={() => undefined} />}
      {alert && open === 'ask' && <AskUser user={alert.user} alert={alert.id} about={evidence[0]} onClose={() => setOpen(null)} onDone={() => undefined} />}
    </Drawer>
  );
}
