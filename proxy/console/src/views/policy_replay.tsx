// What would be decided otherwise, had the text in the editor been in force: kept activities are judged once more.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, isMissing, Failure, ProblemFailure } from '../base/api';
import { compact, count, one, percent } from '../base/format';
import { inside } from '../base/router';
import { wordy } from '../base/words';
import { Bars } from '../parts/bars';
import { Segments } from '../parts/controls';
import { Drawer } from '../parts/dialog';
import { Link } from '../parts/link';
import { Nothing, Refused } from '../parts/states';
import { Table } from '../parts/table';
import { Time } from '../parts/time';
import type { Found } from './faults';

interface Example { id: string; time: string; user?: string; client?: string; app?: string; host?: string; then: string; policy_then?: string; now: string; policy_now?: string }
interface Transition { then: string; policy_then?: string; now: string; policy_now?: string; count: number }
interface Touched { name?: string; count: number }
interface Result {
  since: string; until: string; changed: number; transitions: Transition[]; touched: { users: Touched[]; apps: Touched[] }; examples: Record<string, Example[]>;
  events: { all: number; judged: number; unsure: number; without_facts: number };
}
interface Job { state: 'running' | 'done' | 'failed'; done: number; of: number; failure?: string; result?: Result }

const SPANS = [{ value: '24h', title: '1 day' }, { value: '7d', title: '7 days' }, { value: '30d', title: '30 days' }];
const PAUSE = 400; // ms between looks at how far it is

const effect = (word: string, policy: string | undefined) => <>{wordy(word)}{policy && <span class="cell-note">{policy}</span>}</>;

function Outcome({ result }: { result: Result }) {
  const examples = Object.values(result.examples).flat().sort((a, b) => (a.time < b.time ? 1 : -1));
  const { events } = result;
  return (
    <>
      <p class="lead" role="status"><strong>{result.changed === 0 ? 'Nothing would be decided otherwise' : `${one(result.changed, 'activity', 'activities')} would be decided otherwise`}</strong>, of {count(events.judged)}
        {result.changed > 0 && events.judged > 0 && ` (${percent(result.changed / events.judged)})`} since <Time at={result.since} />.</p>
      {events.unsure + events.without_facts > 0 && <p class="none">{events.unsure > 0 && `${count(events.unsure)} hang on facts that are not kept. `}
        {events.without_facts > 0 && `${count(events.without_facts)} are kept without what policies ask for.`}</p>}
      {result.transitions.length > 0 && <section><h3>What changes</h3><div class="edge">
        <Table label="What changes" rows={result.transitions} idOf={(row) => `${row.then} ${row.policy_then} ${row.now} ${row.policy_now}`} columns={[
          { key: 'then', title: 'In force', cell: (row) => effect(row.then, row.policy_then) }, { key: 'now', title: 'By this text', grow: true, cell: (row) => effect(row.now, row.policy_now) },
          { key: 'count', title: 'Activities', number: true, cell: (row) => count(row.count), sort: (row) => row.count }]} /></div></section>}
      {result.touched.users.length > 0 && <section><h3>Whom it touches</h3><Bars label="Whom it touches" show={compact} bars={result.touched.users.slice(0, 8).map((row) => ({ id: row.name ?? '',
        name: row.name ?? 'nobody known', to: row.name ? inside(`/users/${encodeURIComponent(row.name)}`, {}) : undefined, parts: [{ kind: 'plain', value: row.count, word: '' }] }))} /></section>}
      {result.touched.apps.length > 0 && <section><h3>In which apps</h3><Bars label="In which apps" show={compact} bars={result.touched.apps.slice(0, 8).map((row) => ({ id: row.name ?? '',
        name: row.name ?? 'of no app', to: row.name ? inside(`/apps/${encodeURIComponent(row.name)}`, {}) : undefined, parts: [{ kind: 'plain', value: row.count, word: '' }] }))} /></section>}
      {examples.length > 0 && <section><h3>Such as</h3><div class="edge">
        <Table label="Examples" rows={examples.slice(0, 50)} idOf={(row) => row.id} columns={[
          { key: 'time', title: 'Time', cell: (row) => <Link to="/activities" query={{ id: row.id, range: '90d' }}><Time at={row.time} /></Link> },
          { key: 'who', title: 'Who', fold: true, cell: (row) => row.user ?? row.client ?? '–' }, { key: 'app', title: 'App', fold: true, cell: (row) => row.app ?? row.host ?? '–' },
          { key: 'turn', title: 'In force → by this text', cell: (row) => `${wordy(row.then)} → ${wordy(row.now).toLowerCase()}` }]} /></div></section>}
    </>
  );
}

export function PolicyReplay({ file, text, onClose, onFound }: { file: string; text: string; onClose: () => void; onFound: (found: Found[]) => void }) {
  const [since, setSince] = useState('7d');
  const [job, setJob] = useState<Job | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [judged, setJudged] = useState(''); // the text that the result is of
  const running = useRef<{ id: string; stop: boolean } | null>(null);
  const path = `policies/${encodeURIComponent(file)}/replay`;

  const giveUp = (): void => {
    const { current } = running;
    if (!current) return;
    current.stop = true;
    running.current = null;
    if (current.id) void ask(`${path}/${current.id}`, { method: 'DELETE' }).catch(() => undefined);
  };
  useEffect(() => giveUp, []);

  const start = async (): Promise<void> => {
    giveUp();
    const mine = { id: '', stop: false };
    running.current = mine;
    setFailure(null);
    setJob({ state: 'running', done: 0, of: 0 });
    setJudged(text);
    try {
      mine.id = (await ask<{ id: string }>(path, { method: 'POST', body: { text, since } })).id;
      if (mine.stop) return void ask(`${path}/${mine.id}`, { method: 'DELETE' });
      for (;;) {
        const now = await ask<Job>(`${path}/${mine.id}`);
        if (mine.stop) return undefined;
        setJob(now);
        if (now.state !== 'running') break;
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        if (mine.stop) return undefined;
      }
    } catch (refused) {
      if (mine.stop) return undefined;
      setJob(null);
      setFailure(refused instanceof Failure ? refused : new Failure(0, 'The replay failed', String(refused)));
      if (refused instanceof ProblemFailure) onFound((refused.answer as { diagnostics?: Found[] } | null)?.diagnostics ?? []);
    }
    if (running.current === mine) running.current = null;
    return undefined;
  };
  const busy = job?.state === 'running';
  return (
    <Drawer title="Replay before it is in force" onClose={onClose} wide>
      <p class="none">Judges the activities that are kept by the text in the editor, in the place of {file}, against what is in force. Nothing changes by it.</p>
      <div class="actions"><Segments label="Activities of" options={SPANS} value={since} onChange={setSince} />
        {busy ? <button type="button" onClick={() => { giveUp(); setJob(null); }}>Give up</button>
          : <button type="button" class="main-action" onClick={() => void start()}>{job ? 'Replay again' : 'Replay'}</button>}</div>
      {busy && <div class="progress"><progress aria-label="Progress of the replay" max={job.of || 1} value={job.of > 0 ? job.done : undefined} />
        <span class="none" role="status">{job.of > 0 ? `${count(job.done)} of ${count(job.of)} activities` : 'It begins…'}</span></div>}
      {failure && (isMissing(failure) ? <Nothing title="This gateway cannot replay">The command line does: <code>sallyport policy replay</code></Nothing> : <Refused failure={failure} />)}
      {job?.state === 'failed' && <Refused failure={new Failure(0, 'The replay failed', job.failure ?? '')} />}
      {job?.state === 'done' && job.result && <>
        {judged !== text && <p class="notice" role="status">The text has changed since: replay it again.</p>}
        <Outcome result={job.result} /></>}
    </Drawer>
  );
}
