// Why an activity was judged as it was: each policy in the order that counts, as `sallyport policy explain` tells it.

import { useState } from 'preact/hooks';
import { useLoad } from '../base/load';
import { wordy } from '../base/words';
import { Refused, Waiting } from '../parts/states';

interface Condition { condition?: string; came_to: string; values?: string; fact?: string; when?: Condition[] }
interface Look { from: string; to: string; role: string; came_to: string; when: Condition[] }
interface Judged { order: number; id: string; name: string; kind: string; mode: string; then: string; role: string; reason: string;
  at?: { file: string; line: number }; looks: Look[] }
interface Question { question: string; policies: Judged[] }
interface Explained { policies: string; same: boolean; difference?: string; answer: { text: string }; not_known: string[]; questions: Question[] }

const QUESTIONS: Record<string, string> = { may: 'May it be done?', opened: 'Is the connection opened?', reported: 'What is reported?' };
const FEW = 6;

const came = (role: string): string => (['decides', 'matches', 'held'].includes(role) ? 'good' : '');

function PolicyLine({ policy }: { policy: Judged }) {
  const [open, setOpen] = useState(false);
  const last = policy.looks.at(-1);
  return (
    <li class={came(policy.role)}>
      <button type="button" class="quiet why-name" aria-expanded={open} onClick={() => setOpen(!open)}>{policy.order} {policy.name}</button>
      <span class="why-role">{wordy(policy.role)}{policy.mode === 'rehearse' && ', in rehearsal'}</span>
      {policy.reason && <span class="why-reason">{policy.reason}</span>}
      {open && <div class="why-more">
        {policy.at && <p class="none">{policy.at.file.split('/').slice(-2).join('/')}:{policy.at.line}</p>}
        <ul>{(last?.when ?? []).map((one, n) => <li key={n}><code>{one.condition ?? 'group'}{one.values && `: ${one.values}`}</code> {wordy(one.came_to).toLowerCase()}
          {one.fact && <span class="none">; is {one.fact}</span>}</li>)}</ul></div>}
    </li>
  );
}

function Asked({ question }: { question: Question }) {
  const [all, setAll] = useState(false);
  const telling = question.policies.filter(({ role }) => !['not_asked', 'cannot_hold', 'failed'].includes(role));
  const rest = question.policies.filter((policy) => !telling.includes(policy));
  const shown = [...telling, ...(all ? rest : rest.slice(0, Math.max(0, FEW - telling.length)))].sort((a, b) => a.order - b.order);
  return (
    <div><h4>{QUESTIONS[question.question] ?? wordy(question.question)}</h4>
      {question.policies.length === 0 ? <p class="none">No policy was asked.</p> : <ul class="why">{shown.map((policy) => <PolicyLine key={`${policy.order}`} policy={policy} />)}</ul>}
      {shown.length < question.policies.length && <button type="button" class="quiet" onClick={() => setAll(true)}>All {question.policies.length}</button>}</div>
  );
}

export function Explanation({ id }: { id: string }) {
  const { value, failure, loading, again } = useLoad<Explained>(`explain/${id}`);
  if (failure) return <Refused failure={failure} again={again} />;
  if (!value) return loading ? <Waiting rows={5} /> : null;
  return (
    <section class="explained" aria-label="Why">
      <p class="refused-title">{value.answer.text}</p>
      <p class="none">By the policies of {value.policies === 'then' ? 'that time' : 'now: those of that time are not kept'}.
        {value.same ? ' Judged again: the same.' : value.difference ? ` Judged again it differs: ${value.difference}` : ''}</p>
      {value.questions.map((question) => <Asked key={question.question} question={question} />)}
    </section>
  );
}
