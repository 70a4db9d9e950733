// Who asked for access where a policy blocks, and what people may do because they answered or were let.

import { useState } from 'preact/hooks';
import { ask, mayOperate } from '../base/api';
import { useLoad } from '../base/load';
import { Dialog } from '../parts/dialog';
import { Link } from '../parts/link';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table } from '../parts/table';
import { Time } from '../parts/time';
import { attempt } from '../parts/toast';

interface Request { id: string; state: string; user?: string; client?: string; app?: string; host?: string; policy?: string; reason?: string; at: string; answered?: string; who?: string; say?: string; until?: string }
interface Grant { id: string; policy: string; action: string; user?: string; app?: string; site?: string; address?: string; from: string; until: string; who?: string; reason?: string }

const SPANS = [['1d', '1 day'], ['7d', '7 days'], ['30d', '30 days'], ['90d', '90 days']] as const;
const whose = (user: string | undefined) => (user ? <Link to={`/users/${encodeURIComponent(user)}`} class="strong">{user}</Link> : '–');

function Answer({ request, onClose, onDone }: { request: Request; onClose: () => void; onDone: () => void }) {
  const [does, setDoes] = useState<'grant' | 'refuse'>('grant');
  const [span, setSpan] = useState('7d');
  const [text, setText] = useState('');
  const send = async (): Promise<void> => {
    const done = await attempt(() => ask(`access-requests/${request.id}/${does}`, { method: 'POST', query: does === 'grant' ? { for: span } : { say: text.trim() } }),
      does === 'grant' ? `${request.user} passes that policy there, in force now` : `${request.user} is refused`);
    if (!done) return;
    onClose();
    onDone();
  };
  return (
    <Dialog title={`${request.user ?? 'Somebody'} asks for ${request.app ?? request.host}`} onClose={onClose} foot={<><button type="button" onClick={onClose}>Cancel</button>
      <button type="button" class="main-action" onClick={() => void send()}>{does === 'grant' ? 'Grant' : 'Refuse'}</button></>}>
      {request.reason && <p class="said">{request.reason}</p>}
      <fieldset class="picks"><legend>Answer</legend>
        <label><input type="radio" name="answer" checked={does === 'grant'} onChange={() => setDoes('grant')} /><span>Grant</span><span class="field-note">that person passes that policy in that app</span></label>
        <label><input type="radio" name="answer" checked={does === 'refuse'} onChange={() => setDoes('refuse')} /><span>Refuse</span></label>
      </fieldset>
      {does === 'grant'
        ? <label class="field"><span>For</span><select value={span} onChange={(event) => setSpan(event.currentTarget.value)}>{SPANS.map(([value, title]) => <option key={value} value={value}>{title}</option>)}</select></label>
        : <label class="field"><span>Your words <span class="field-note">shown to the person</span></span><textarea rows={3} maxLength={500} value={text} onInput={(event) => setText(event.currentTarget.value)} /></label>}
    </Dialog>
  );
}

export function AccessRequests() {
  const { value, failure, loading, again } = useLoad<{ access_requests: Request[]; waiting: number }>('access-requests', {}, 15_000);
  const [open, setOpen] = useState<Request | null>(null);
  return (
    <>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={4} />}
      {value && value.access_requests.length === 0 && <Nothing title="Nobody asked for access">Who is stopped by a policy may ask on the page that says so.</Nothing>}
      {value && value.access_requests.length > 0 && (
        <div class="sheet"><Table label="Access requests" rows={value.access_requests} idOf={(row) => row.id} keys columns={[
          { key: 'user', title: 'User', cell: (row) => whose(row.user) },
          { key: 'app', title: 'For', cell: (row) => row.app ? <Link to={`/apps/${encodeURIComponent(row.app)}`}>{row.app}</Link> : row.host ?? '–' },
          { key: 'policy', title: 'Stopped by', least: 'middle', cell: (row) => row.policy ?? '–' },
          { key: 'reason', title: 'Reason', grow: true, cell: (row) => <span title={row.reason}>{row.reason ?? '–'}</span> },
          { key: 'at', title: 'Asked', cell: (row) => <Time at={row.at} /> },
          { key: 'state', title: 'State', cell: (row) => row.state },
          { key: 'who', title: 'By', least: 'wide', cell: (row) => row.who ?? '–' },
          ...(mayOperate() ? [{ key: 'do', title: '', cell: (row: Request) => row.answered ? null : <button type="button" onClick={() => setOpen(row)}>Answer…</button> }] : []),
        ]} /></div>
      )}
      {open && <Answer request={open} onClose={() => setOpen(null)} onDone={again} />}
    </>
  );
}

export function Grants() {
  const { value, failure, loading, again } = useLoad<{ grants: Grant[] }>('grants', {}, 15_000);
  return (
    <>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={4} />}
      {value && value.grants.length === 0 && <Nothing title="Nothing is granted">What people answer where a policy asks stands here, and what they were granted.</Nothing>}
      {value && value.grants.length > 0 && (
        <div class="sheet"><Table label="Grants" rows={value.grants} idOf={(row) => row.id} keys columns={[
          { key: 'user', title: 'User', cell: (row) => whose(row.user) },
          { key: 'policy', title: 'Policy', grow: true, cell: (row) => row.policy },
          { key: 'action', title: 'Answer to', cell: (row) => row.action.replaceAll('_', ' ') },
          { key: 'app', title: 'In', cell: (row) => row.app ?? row.site ?? row.address ?? 'everything' },
          { key: 'reason', title: 'Reason', least: 'wide', cell: (row) => row.reason ?? '–' },
          { key: 'from', title: 'Since', least: 'middle', cell: (row) => <Time at={row.from} /> },
          { key: 'until', title: 'Until', cell: (row) => <Time at={row.until} /> },
          ...(mayOperate() ? [{ key: 'do', title: '', cell: (row: Grant) => <button type="button" onClick={() => void attempt(async () => {
            await ask(`grants/${row.id}`, { method: 'DELETE' });
            again();
          }, 'Taken back: it is asked again')}>Take back</button> }] : []),
        ]} /></div>
      )}
    </>
  );
}
