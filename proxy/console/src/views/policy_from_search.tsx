// A search as the policy that it would be, to be put into a file of policies.

import { useState } from 'preact/hooks';
import { topLevel } from '../base/filter';
import { Copyable } from '../parts/copyable';
import { Dialog } from '../parts/dialog';
import { Link } from '../parts/link';

export function PolicyFromSearch({ filter, onClose }: { filter: string; onClose: () => void }) {
  const [name, setName] = useState('A name for it');
  const [does, setDoes] = useState('report');
  const lines = [`- name: ${JSON.stringify(name)}`,
    ...(does === 'report' ? ['  kind: activity', '  severity: medium'] : ['  mode: rehearse']),
    '  when:', ...topLevel(filter).map((condition) => `    ${condition}`),
    ...(does === 'report' ? ['  alerts_per_day: 20'] : [`  then: ${does}`])];
  return (
    <Dialog title="A policy from this search" onClose={onClose} foot={<button type="button" class="main-action" onClick={onClose}>Done</button>}>
      <label class="field"><span>Name</span><input type="text" value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
      <label class="field"><span>It</span><select value={does} onChange={(event) => setDoes(event.currentTarget.value)}>
        <option value="report">raises alerts</option><option value="block">blocks, in rehearsal at first</option><option value="coach">coaches, in rehearsal at first</option></select></label>
      <Copyable text={lines.join('\n')} block />
      <p class="none">Put it into a file under <Link to="/policies">Policies</Link>; the compiler looks at it there before it is in force.</p>
    </Dialog>
  );
}
