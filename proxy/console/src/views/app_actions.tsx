// What only an app can do, asked of its own API through a webhook action of the configuration: take collaborators away, end
// sessions, suspend somebody inside the app.

import { useState } from 'preact/hooks';
import { ask } from '../base/api';
import { useLoad } from '../base/load';
import { place, setQuery } from '../base/router';
import { wordy } from '../base/words';
import { Choice } from '../parts/controls';
import { Dialog } from '../parts/dialog';
import { Chips, FilterBar } from '../parts/filter_bar';
import { Link } from '../parts/link';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table } from '../parts/table';
import { Time } from '../parts/time';
import { attempt } from '../parts/toast';

interface Action { name: string; description?: string; to: string; needs: string[] }
interface Call { id: string; action: string; state: string; user?: string; app?: string; alert?: string; reason?: string; by?: string; at: string; ended?: string; detail?: string; tries: number }

export function AskApp({ user, app, alert, onClose }: { user: string; app?: string; alert?: string; onClose: () => void }) {
  const { value, failure, loading, again } = useLoad<Action[]>('webhook-actions');
  const [name, setName] = useState('');
  const [where, setWhere] = useState(app ?? '');
  const [reason, setReason] = useState('');
  // An action that wants an alert can be asked from one alone.
  const actions = (value ?? []).filter(({ needs }) => !needs.includes('alert') || alert);
  const action = actions.find((one) => one.name === name) ?? actions[0];
  const wants = (what: string): boolean => action?.needs.includes(what) ?? false;
  const ready = action && (!wants('app') || where.trim()) && (!wants('reason') || reason.trim());
  const send = async (): Promise<void> => {
    if (!action) return;
    const done = await attempt(() => ask(`webhook-actions/${encodeURIComponent(action.name)}/call`, { method: 'POST',
      query: { user, alert, app: where.trim() || undefined, reason: reason.trim() || undefined } }), `${action.name} is asked for; what comes of it stands under Governance`);
    if (done) onClose();
  };
  return (
    <Dialog title={`Ask an app about ${user}`} onClose={onClose} foot={<><button type="button" onClick={onClose}>Cancel</button>
      {actions.length > 0 && <button type="button" class="main-action" disabled={!ready} onClick={() => void send()}>Ask for it</button>}</>}>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={3} />}
      {value && actions.length === 0 && <Nothing title="No action is configured">What only an app's own API can do is asked of a program of yours: <code>webhook_actions</code> in the configuration.</Nothing>}
      {action && <>
        <label class="field"><span>Action</span><select value={action.name} onChange={(event) => setName(event.currentTarget.value)}>
          {actions.map((one) => <option key={one.name} value={one.name}>{one.name}</option>)}</select></label>
        <p class="none">{action.description && `${action.description}. `}It goes to {action.to}.</p>
        {(wants('app') || app) && <label class="field"><span>App{!wants('app') && <span class="field-note"> if it matters</span>}</span>
          <input type="text" value={where} maxLength={100} onInput={(event) => setWhere(event.currentTarget.value)} /></label>}
        <label class="field"><span>Reason <span class="field-note">{wants('reason') ? 'needed; ' : ''}kept in the governance log</span></span>
          <input type="text" value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} /></label></>}
    </Dialog>
  );
}

const STATES = ['pending', 'done', 'failed'];

export function AppCalls() {
  const { query } = place.value;
  const state = query.get('state') ?? '';
  const { value, failure, loading, again } = useLoad<{ pending: number; calls: Call[] }>('webhook-calls', { state, user: query.get('user') ?? '', limit: 500 }, 10_000);
  return (
    <>
      <FilterBar names={['state', 'user']}>
        <Choice label="State" options={[{ value: '', title: 'any' }, ...STATES.map((value) => ({ value, title: wordy(value) }))]} value={state} onChange={(to) => setQuery({ state: to })} />
        <Chips of={[{ name: 'user', title: 'User' }]} />
      </FilterBar>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={6} />}
      {value && value.calls.length === 0 && <Nothing title="Nothing was asked of apps">It is asked on the page of a person, or from an alert.</Nothing>}
      {value && value.calls.length > 0 && (
        <div class="sheet"><Table label="Asked of apps" rows={value.calls} idOf={(row) => row.id} keys columns={[
          { key: 'at', title: 'Asked', cell: (row) => <Time at={row.at} seconds /> },
          { key: 'action', title: 'Action', cell: (row) => <span class="strong">{row.action}</span> },
          { key: 'state', title: 'State', cell: (row) => <span class={`verdict ${row.state === 'failed' ? 'bad' : row.state === 'pending' ? 'caution' : 'plain'}`}>{wordy(row.state)}{row.tries > 1 && `, ${row.tries} tries`}</span> },
          { key: 'user', title: 'User', cell: (row) => row.user ? <Link to={`/users/${encodeURIComponent(row.user)}`}>{row.user}</Link> : '–' },
          { key: 'app', title: 'App', least: 'middle', cell: (row) => row.app ? <Link to={`/apps/${encodeURIComponent(row.app)}`}>{row.app}</Link> : '–' },
          { key: 'reason', title: 'Reason', least: 'wide', cell: (row) => <span title={row.reason}>{row.reason || '–'}</span> },
          { key: 'detail', title: 'What came of it', grow: true, least: 'middle', cell: (row) => <span title={row.detail}>{row.detail || '–'}</span> },
          { key: 'by', title: 'By', least: 'wide', cell: (row) => row.by || '–' },
        ]} /></div>
      )}
    </>
  );
}
