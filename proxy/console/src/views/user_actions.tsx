// What an operator does with a person: suspends them, ends their sessions, wants a second factor of them, asks them.

import { useState } from 'preact/hooks';
import { ask } from '../base/api';
import { Dialog } from '../parts/dialog';
import { attempt } from '../parts/toast';

const SPANS = [['1h', '1 hour'], ['8h', '8 hours'], ['24h', '1 day'], ['7d', '7 days'], ['', 'until it is lifted']] as const;

export type Asks = 'step_up' | 'sign_in_again';
const WAYS = {
  block: { title: 'Suspend', button: 'Suspend', done: 'is suspended, in force now', spans: SPANS, usual: '8h',
    text: 'What is open is cut at once, and nothing new is let through, before any policy.' },
  sign_in_again: { title: 'End sessions of', button: 'End sessions', done: 'is asked to sign in again, app by app', spans: [['8h', '8 hours'], ['24h', '1 day'], ['7d', '7 days'], ['31d', '31 days']], usual: '7d',
    text: 'What is open is cut at once. At each app they are led to a page first, and what they showed of their session there passes no more. Apps that they do not come back to in this time are left as they are.' },
  step_up: { title: 'Second factor of', button: 'Require it', done: 'must show a second factor, in force now', spans: SPANS, usual: '24h',
    text: 'They go on once they have shown a second factor, which holds for 8 hours, before any policy.' },
} as const;

interface Props { user: string; onClose: () => void; onDone: () => void }

export function SuspendUser({ user, app, appName, asks, onClose, onDone }: Props & { app?: string; appName?: string; asks?: Asks }) {
  const way = WAYS[asks ?? 'block'];
  const [reach, setReach] = useState<'everything' | 'sanctioned' | 'app'>('everything');
  const [span, setSpan] = useState<string>(way.usual);
  const [reason, setReason] = useState('');
  const suspend = async (): Promise<void> => {
    const done = await attempt(() => ask(`suspensions/${encodeURIComponent(user)}`, { method: 'PUT',
      query: { for: span, asks, reason: reason.trim(), app: reach === 'app' ? app : undefined, sanctioned: reach === 'sanctioned' ? 'true' : undefined } }),
      `${user} ${way.done}`);
    if (!done) return;
    onClose();
    onDone();
  };
  return (
    <Dialog title={`${way.title} ${user}`} onClose={onClose} foot={<><button type="button" onClick={onClose}>Cancel</button>
      <button type="button" class="main-action" onClick={() => void suspend()}>{way.button}</button></>}>
      <p>{way.text}</p>
      <fieldset class="picks"><legend>Where</legend>
        <label><input type="radio" name="reach" checked={reach === 'everything'} onChange={() => setReach('everything')} /><span>Everywhere</span></label>
        <label><input type="radio" name="reach" checked={reach === 'sanctioned'} onChange={() => setReach('sanctioned')} /><span>In sanctioned apps</span></label>
        {app && <label><input type="radio" name="reach" checked={reach === 'app'} onChange={() => setReach('app')} /><span>In {appName ?? app}</span></label>}
      </fieldset>
      <label class="field"><span>For</span><select value={span} onChange={(event) => setSpan(event.currentTarget.value)}>
        {way.spans.map(([value, title]) => <option key={value} value={value}>{title}</option>)}</select></label>
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
