// What an operator does with a person: suspends them, lifts it, asks them.

import { useState } from 'preact/hooks';
import { ask } from '../base/api';
import { Dialog } from '../parts/dialog';
import { attempt } from '../parts/toast';

const SPANS = [['1h', '1 hour'], ['8h', '8 hours'], ['24h', '1 day'], ['7d', '7 days'], ['', 'until it is lifted']] as const;

interface Props { user: string; onClose: () => void; onDone: () => void }

export function SuspendUser({ user, app, appName, onClose, onDone }: Props & { app?: string; appName?: string }) {
  const [reach, setReach] = useState<'everything' | 'sanctioned' | 'app'>('everything');
  const [span, setSpan] = useState('8h');
  const [reason, setReason] = useState('');
  const suspend = async (): Promise<void> => {
    const done = await attempt(() => ask(`suspensions/${encodeURIComponent(user)}`, { method: 'PUT',
      query: { for: span, reason: reason.trim(), app: reach === 'app' ? app : undefined, sanctioned: reach === 'sanctioned' ? 'true' : undefined } }),
      `${user} is suspended, in force now`);
    if (!done) return;
    onClose();
    onDone();
  };
  return (
    <Dialog title={`Suspend ${user}`} onClose={onClose} foot={<><button type="button" onClick={onClose}>Cancel</button>
      <button type="button" class="main-action" onClick={() => void suspend()}>Suspend</button></>}>
      <p>What is open is cut at once, and nothing new is let through, before any policy.</p>
      <fieldset class="picks"><legend>Where</legend>
        <label><input type="radio" name="reach" checked={reach === 'everything'} onChange={() => setReach('everything')} /><span>Everywhere</span></label>
        <label><input type="radio" name="reach" checked={reach === 'sanctioned'} onChange={() => setReach('sanctioned')} /><span>In sanctioned apps</span></label>
        {app && <label><input type="radio" name="reach" checked={reach === 'app'} onChange={() => setReach('app')} /><span>In {appName ?? app}</span></label>}
      </fieldset>
      <label class="field"><span>For</span><select value={span} onChange={(event) => setSpan(event.currentTarget.value)}>
        {SPANS.map(([value, title]) => <option key={value} value={value}>{title}</option>)}</select></label>
      <label class="field"><span>Reason <span class="field-note">kept in the governance log</span></span>
        <input type="text" value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} /></label>
    </Dialog>
  );
}

export function AskUser({ user, about, alert, onClose, onDone }: Props & { about?: string; alert?: string }) {
  const [text, setText] = useState('');
  const send = async (): Promise<void> => {
    const done = await attempt(() => ask('questions', { method: 'POST', query: { user, about, alert, say: text.trim() || undefined } }),
      `${user} is asked at the next page`);
    if (!done) return;
    onClose();
    onDone();
  };
  return (
    <Dialog title={`Ask ${user}`} onClose={onClose} foot={<><button type="button" onClick={onClose}>Cancel</button>
      <button type="button" class="main-action" onClick={() => void send()}>Ask</button></>}>
      <p>The portal asks whether it was them, and whether they meant to.{alert && ' The answer goes into the history of the alert.'}</p>
      <label class="field"><span>Your words <span class="field-note">shown to the person</span></span>
        <textarea rows={3} maxLength={500} value={text} onInput={(event) => setText(event.currentTarget.value)} /></label>
    </Dialog>
  );
}
