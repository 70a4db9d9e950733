// An address as a range of the organisation's own: the lines for the file of ranges, which the operator's editor or pipeline
// puts there. The console writes no ranges.

import { useState } from 'preact/hooks';
import { yamlValue } from '../base/filter';
import { Copyable } from './copyable';
import { Dialog } from './dialog';

const KINDS = [
  { value: 'corporate', title: 'Corporate', does: 'It counts as the own network: detections of strange places leave it alone.' },
  { value: 'administrative', title: 'Administrative', does: 'Administration is expected from there.' },
  { value: 'vpn', title: 'VPN', does: 'An exit of the own VPN: its country says nothing of where people are.' },
  { value: 'risky', title: 'Risky', does: 'Policies on risky addresses meet it, such as those that block sign-ins.' },
] as const;

export function RangeProposal({ address = '', file, onClose }: { address?: string; file?: string; onClose: () => void }) {
  const [kind, setKind] = useState<string>('corporate');
  const [cidr, setCidr] = useState(address && `${address}/${address.includes(':') ? 128 : 32}`);
  const [name, setName] = useState('');
  const usual = address ? `address ${address}` : 'head office';
  const chosen = KINDS.find(({ value }) => value === kind)!;
  const lines = [`  - name: ${yamlValue(name.trim() || usual)}`, `    cidrs: [${cidr.split(/[\s,]+/).filter(Boolean).map((one) => (one.includes(':') ? JSON.stringify(one) : one)).join(', ')}]`, `    category: ${kind}`];
  return (
    <Dialog title={address ? `${address} as a range of yours` : 'Another range'} onClose={onClose} foot={<button type="button" class="main-action" onClick={onClose}>Done</button>}>
      <fieldset class="picks"><legend>It is</legend>
        {KINDS.map(({ value, title }) => (
          <label key={value}><input type="radio" name="category" checked={kind === value} onChange={() => setKind(value)} /><span>{title}</span></label>))}
      </fieldset>
      <p class="none">{chosen.does}</p>
      <label class="field"><span>Name</span><input type="text" value={name} maxLength={100} placeholder={usual} onInput={(event) => setName(event.currentTarget.value)} /></label>
      <label class="field"><span>Prefixes</span><input type="text" class="mono" value={cidr} maxLength={400} placeholder="192.0.2.0/24, 2001:db8::/48" spellcheck={false} onInput={(event) => setCidr(event.currentTarget.value)} /></label>
      <Copyable text={lines.join('\n')} block />
      <p class="none">These lines go under <code>ranges</code> of {file ? <code>{file.split('/').slice(-2).join('/')}</code> : <>the file that <code>tags.addresses</code> names</>}; once it is saved it is in force.
        {kind === 'risky' && ' A risky range blocks nothing by itself: a policy on client.ip.category does.'}</p>
    </Dialog>
  );
}
