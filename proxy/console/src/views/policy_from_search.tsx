// A search as the policy that it would be, which goes on into the editor of a file of policies.

import { useState } from 'preact/hooks';
import { mayOperate } from '../base/api';
import { keepDraft, NEW_FILE } from '../base/draft';
import { topLevel } from '../base/filter';
import { useLoad } from '../base/load';
import { go, href } from '../base/router';
import { wordy } from '../base/words';
import { Copyable } from '../parts/copyable';
import { Dialog } from '../parts/dialog';

// What a search has and a policy cannot have: verdicts come after it, and time is its own affair.
const LEFT: Record<string, string> = { verdict: 'the verdict', policy: 'the policy that decided', since: 'the time', until: 'the time' };

export function PolicyFromSearch({ conditions, left, onClose }: { conditions: string; left: readonly string[]; onClose: () => void }) {
  const [name, setName] = useState('');
  const [does, setDoes] = useState('report');
  const [file, setFile] = useState('');
  const files = useLoad<{ files: { file: string }[] }>('policies');
  const target = file || files.value?.files[0]?.file || NEW_FILE;
  const lines = [`- name: ${JSON.stringify(name.trim() || 'A name for it')}`,
    ...(does === 'report' ? ['  kind: activity', '  severity: medium'] : ['  mode: rehearse']),
    '  when:', ...topLevel(conditions).map((condition) => `    ${condition}`),
    ...(does === 'report' ? ['  alerts_per_day: 20'] : [`  then: ${does}`])];
  const text = lines.join('\n');
  const open = (): void => {
    keepDraft(target, `${text}\n`);
    onClose();
    go(href(`/policies/${encodeURIComponent(target)}`));
  };
  return (
    <Dialog title="A policy from this search" onClose={onClose} foot={<><button type="button" onClick={onClose}>Cancel</button>
      {mayOperate() && <button type="button" class="main-action" onClick={open}>Open in the editor</button>}</>}>
      <label class="field"><span>Name</span><input type="text" value={name} maxLength={128} placeholder="A name for it" onInput={(event) => setName(event.currentTarget.value)} /></label>
      <label class="field"><span>It</span><select value={does} onChange={(event) => setDoes(event.currentTarget.value)}>
        <option value="report">raises alerts</option><option value="block">blocks, in rehearsal at first</option><option value="coach">coaches, in rehearsal at first</option></select></label>
      {mayOperate() && <label class="field"><span>File</span><select value={target} onChange={(event) => setFile(event.currentTarget.value)}>
        {(files.value?.files ?? []).map((one) => <option key={one.file} value={one.file}>{one.file}</option>)}
        <option value={NEW_FILE}>a new file</option></select></label>}
      <Copyable text={text} block />
      {left.length > 0 && <p class="none">{wordy([...new Set(left.map((word) => LEFT[word] ?? word))].join(' and '))} of the search is no condition of a policy, and left out.</p>}
      <p class="none">The compiler looks at it in the editor, and kept activities can be replayed there, before anything is in force.</p>
    </Dialog>
  );
}
