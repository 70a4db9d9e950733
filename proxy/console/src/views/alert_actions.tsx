// What is done with alerts: one or several are closed as something, given to somebody, said something about.

import { useState } from 'preact/hooks';
import { ask, session } from '../base/api';
import { one } from '../base/format';
import { CLOSE_REASONS } from '../base/vocabulary';
import { wordy } from '../base/words';
import { Dialog } from '../parts/dialog';
import { attempt, say } from '../parts/toast';
import type { Alert } from './alert_types';

type Words = Record<string, string | undefined>;

export const handle = (id: string, step: string, words: Words = {}): Promise<Alert> =>
  ask<Alert>(`alerts/${id}/${step}`, { method: 'POST', query: words });

// One after the other; says how many it came to.
export async function handleAll(alerts: readonly Alert[], step: string, words: Words, done: string): Promise<void> {
  let handled = 0;
  for (const { id, policy } of alerts) {
    try {
      await handle(id, step, words);
      ++handled;
    } catch (failure) {
      say(`${policy}: ${failure instanceof Error ? failure.message : failure}`, 'bad');
    }
  }
  if (handled > 0) say(`${one(handled, 'alert')} ${done}`);
}

const MEANINGS = [
  { value: 'true_positive', title: 'True positive', says: 'It was so, and must not be.' },
  { value: 'benign', title: 'Benign', says: 'It was so, and may be.' },
  { value: 'false_positive', title: 'False positive', says: 'It was not so.' },
];

export function CloseAlerts({ alerts, onClose, onDone }: { alerts: readonly Alert[]; onClose: () => void; onDone: () => void }) {
  const [as, setAs] = useState('true_positive');
  const [reason, setReason] = useState('');
  const [text, setText] = useState('');
  const reasons = CLOSE_REASONS[as] ?? [];
  const close = async (): Promise<void> => {
    await handleAll(alerts, 'close', { as, reason: reason || undefined, text: text.trim() || undefined }, `closed as ${wordy(as).toLowerCase()}`);
    onClose();
    onDone();
  };
  return (
    <Dialog title={alerts.length === 1 ? `Close “${alerts[0]!.policy}”` : `Close ${one(alerts.length, 'alert')}`} onClose={onClose}
      foot={<><button type="button" onClick={onClose}>Cancel</button>
        <button type="button" class="main-action" onClick={() => void close()}>Close {alerts.length === 1 ? 'alert' : one(alerts.length, 'alert')}</button></>}>
      <fieldset class="picks"><legend>What it was</legend>
        {MEANINGS.map(({ value, title, says }) => (
          <label key={value}><input type="radio" name="as" value={value} checked={as === value} onChange={() => { setAs(value); setReason(''); }} />
            <span>{title}</span><span class="field-note">{says}</span></label>
        ))}
      </fieldset>
      {reasons.length > 0 && <label class="field"><span>Reason</span>
        <select value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
          <option value="">none given</option>{reasons.map((word) => <option key={word} value={word}>{wordy(word)}</option>)}</select></label>}
      <label class="field"><span>Comment</span><textarea rows={3} maxLength={1000} value={text} onInput={(event) => setText(event.currentTarget.value)} /></label>
    </Dialog>
  );
}

// Comment and assignment, at the foot of an alert's history.
export function Discuss({ alert, onDone }: { alert: Alert; onDone: (alert: Alert) => void }) {
  const [text, setText] = useState('');
  const [to, setTo] = useState(alert.assignee ?? '');
  const me = session.value?.name ?? '';
  const give = (who: string): Promise<boolean> => attempt(async () => onDone(await handle(alert.id, 'assign', { to: who })),
    who ? `Assigned to ${who}` : 'Assigned to nobody');
  return (
    <div class="discuss">
      <form class="row-form" onSubmit={(event) => { event.preventDefault(); void give(to.trim()); }}>
        <label class="field grow"><span>Assigned to</span><input type="text" maxLength={255} value={to} autocomplete="off" spellcheck={false}
          onInput={(event) => setTo(event.currentTarget.value)} /></label>
        <button type="submit" disabled={to.trim() === (alert.assignee ?? '')}>Assign</button>
        {me && me !== alert.assignee && <button type="button" onClick={() => { setTo(me); void give(me); }}>To me</button>}
      </form>
      <form class="row-form" onSubmit={(event) => {
        event.preventDefault();
        void attempt(async () => onDone(await handle(alert.id, 'comment', { text: text.trim() })), 'Comment added').then((done) => { if (done) setText(''); });
      }}>
        <label class="field grow"><span>Comment</span><input type="text" maxLength={1000} value={text} autocomplete="off"
          onInput={(event) => setText(event.currentTarget.value)} /></label>
        <button type="submit" disabled={text.trim() === ''}>Comment</button>
      </form>
    </div>
  );
}
