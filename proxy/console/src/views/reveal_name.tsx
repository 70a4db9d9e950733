// Who a pseudonym is, where the gateway hides names (recording.anonymize_users): asked for with a reason, which the governance
// log keeps, and shown until the page is left.

import { useEffect, useState } from 'preact/hooks';
import { ask, mayOperate } from '../base/api';
import { Dialog } from '../parts/dialog';
import { attempt } from '../parts/toast';

// Alone, behind a domain ("corp\psn-...") or before one ("psn-...@corp.example"). One that begins with psx- nobody can read.
export const isPseudonym = (name: string): boolean => /^([^\\@]*\\)?psn-/.test(name);

function AskWhy({ user, onClose, onName }: { user: string; onClose: () => void; onName: (name: string) => void }) {
  const [reason, setReason] = useState('');
  const why = reason.trim();
  const reveal = async (): Promise<void> => {
    const done = await attempt(async () => {
      const told = await ask<{ name: string }>(`users/${encodeURIComponent(user)}/reveal`, { method: 'POST', query: { reason: why } });
      onName(told.name);
    }, 'The governance log has that you asked');
    if (done) onClose();
  };
  return (
    <Dialog title="Reveal the name" onClose={onClose} foot={<><button type="button" onClick={onClose}>Cancel</button>
      <button type="button" class="main-action" disabled={why === ''} onClick={() => void reveal()}>Reveal</button></>}>
      <p>Whose pseudonym this is. That you asked, and why, stays in the governance log and in the record of reads.</p>
      <label class="field"><span>Reason <span class="field-note">such as the number of a case</span></span>
        <input type="text" value={reason} maxLength={500} required onInput={(event) => setReason(event.currentTarget.value)} /></label>
    </Dialog>
  );
}

// REQUIRES: key={user}, so that nobody's name stands on another's page.
export function RevealName({ user }: { user: string }) {
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState<string | null>(null);
  // A browser may keep a page that is left, and show it again.
  useEffect(() => {
    const forget = (): void => setName(null);
    window.addEventListener('pagehide', forget);
    return () => window.removeEventListener('pagehide', forget);
  }, []);
  if (!isPseudonym(user) || !mayOperate()) return null;
  return (
    <div class="notice" role="status">
      {name === null
        ? <><span>A pseudonym stands for the name.</span><button type="button" onClick={() => setAsking(true)}>Reveal…</button></>
        : <><span>This is <strong>{name}</strong>, shown until the page is left.</span><button type="button" onClick={() => setName(null)}>Hide</button></>}
      {asking && <AskWhy user={user} onClose={() => setAsking(false)} onName={setName} />}
    </div>
  );
}
