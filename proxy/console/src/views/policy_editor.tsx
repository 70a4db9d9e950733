// A file of policies, with what the gateway's own compiler and the tests beside it say while it is written. It is saved only
// as a whole that compiles, and only where nobody else changed it in the meantime.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ask, isMissing, mayOperate, ProblemFailure, session } from '../base/api';
import { keepUnsaved, takeDraft, takeUnsaved } from '../base/draft';
import { useKeys } from '../base/keys';
import { useLoad } from '../base/load';
import { guardLeaving, place, segments, setQuery } from '../base/router';
import { CodeEditor, type Place } from '../parts/code_editor';
import { Page } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { say } from '../parts/toast';
import type { Found } from './faults';
import { PolicyHistory } from './policy_history';
import { PolicyReplay } from './policy_replay';
import { askForSchema, completePolicy } from './policy_schema';

interface PolicyText { file: string; etag: string; text: string }
interface Saved { file: string; etag: string; valid: boolean; saved: boolean; diagnostics: Found[]; in_force?: boolean }

const PAUSE = 600; // ms without a key before it is looked at

function Faults({ found, onGo }: { found: readonly Found[]; onGo: (one: Found) => void }) {
  return (
    <ol class="editor-faults" aria-label="What is wrong">
      {found.map((one, n) => (
        <li key={n} class={one.severity === 'error' ? 'bad' : 'caution'}>
          <button type="button" class="quiet" onClick={() => onGo(one)}>{one.file ? `${one.file}:` : ''}{one.line}:{one.column}</button>
          <div><p>{one.severity === 'error' ? 'Error' : 'Warning'}: {one.message}</p>{one.hint && <p class="none">{one.hint}</p>}</div>
        </li>
      ))}
    </ol>
  );
}

// A policy that comes along goes to the end, where it takes nothing from those before it.
const withDraft = (text: string, draft: string | undefined): string =>
  draft === undefined ? text : `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${text === '' ? '' : '\n'}${draft}`;

// A file that is not there yet has no tag to be compared.
const seen = (etag: string): Record<string, string> => (etag ? { 'If-Match': `"${etag}"` } : { 'If-None-Match': '*' });

function Editor({ file, renew }: { file: PolicyText; renew: () => void }) {
  const [base, setBase] = useState(file);
  const [text, setText] = useState(() => takeUnsaved(session.value?.name ?? '', file.file) ?? withDraft(file.text, takeDraft(file.file)));
  const [found, setFound] = useState<readonly Found[]>([]);
  const [state, setState] = useState<'same' | 'looking' | 'good' | 'bad' | 'saving'>('same');
  const goTo = useRef<((place: Place) => void) | null>(null);
  const [offers, setOffers] = useState(mayOperate() && !base.file.endsWith('.test.yaml')); // the schema is one of policies
  const side = place.value.query.get('beside') ?? '';
  const changed = text !== base.text;
  const lines = useMemo(() => text.split('\n').length, [text]);
  const marked = useMemo(() => new Map(found.filter((one) => !one.file || one.file === base.file).map((one) => [one.line, one.severity])), [found]);

  // The compiler and the tests say what they would, and nothing is written.
  useEffect(() => {
    if (!changed) {
      setFound([]);
      setState('same');
      return undefined;
    }
    if (!mayOperate()) return undefined;
    const stop = new AbortController();
    setState('looking');
    const timer = setTimeout(() => {
      ask<Saved>(`policies/${encodeURIComponent(base.file)}`, { method: 'PUT', query: { dry_run: 'true' }, body: text, headers: seen(base.etag), signal: stop.signal })
        .then((answer) => { setFound(answer.diagnostics); setState(answer.valid ? 'good' : 'bad'); },
          (failure) => { if (!stop.signal.aborted) { setState('bad'); setFound([{ line: 0, column: 0, severity: 'error', message: failure.message }]); } });
    }, PAUSE);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [text, base]);

  useEffect(() => {
    if (!changed) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    const drop = guardLeaving(() => true);
    return () => {
      removeEventListener('beforeunload', warn);
      drop();
    };
  }, [changed]);

  const latest = useRef({ text, changed });
  latest.current = { text, changed };
  useEffect(() => {
    const who = session.value?.name ?? '';
    return () => { if (!session.value && latest.current.changed) keepUnsaved(who, file.file, latest.current.text); };
  }, []);

  useEffect(() => {
    const line = Number(place.value.query.get('line'));
    if (line > 0) goTo.current?.({ line });
    else if (changed) goTo.current?.({ line: lines });
  }, []);

  const save = async (): Promise<void> => {
    if (!changed || state === 'saving') return;
    setState('saving');
    try {
      const answer = await ask<Saved>(`policies/${encodeURIComponent(base.file)}`, { method: 'PUT', body: text, headers: seen(base.etag) });
      setBase({ ...base, etag: answer.etag, text });
      setFound(answer.diagnostics);
      say(answer.in_force ? `${base.file} is saved and in force on every worker` : `${base.file} is saved, and not in force: see Gateway`, answer.in_force ? 'good' : 'bad');
    } catch (failure) {
      setState('bad');
      if (failure instanceof ProblemFailure) {
        const told = (failure.answer as { diagnostics?: Found[] } | null)?.diagnostics;
        if (told) setFound(told);
      }
      say(failure instanceof Error ? failure.message : String(failure), 'bad');
    }
  };
  useKeys({ 'ctrl+s': () => void save() });

  const words = { same: base.etag ? 'As it is in force' : 'A new file', looking: 'The compiler looks…', good: 'It compiles, and its tests pass', bad: 'It cannot be saved so', saving: 'Saving…' }[state];
  const open = (beside: string): void => setQuery({ beside: side === beside ? undefined : beside, commit: undefined });
  return (
    <>
    <Page title={base.file} above={{ to: '/policies', title: 'Policies' }} tools={<>
      {base.etag && <button type="button" aria-pressed={side === 'history'} onClick={() => open('history')}>History</button>}
      {mayOperate() && !base.file.endsWith('.test.yaml') && <button type="button" aria-pressed={side === 'replay'} onClick={() => open('replay')}>Replay…</button>}</>}>
      <div class="editor-frame">
      <div class="editor-bar">
        <span class={`editor-state ${state}`} role="status">{words}</span>
        {changed && <button type="button" onClick={() => { setText(base.text); }}>Discard</button>}
        {mayOperate() && <button type="button" class="main-action" disabled={!changed || state === 'saving' || state === 'bad'} onClick={() => void save()}>Save</button>}
        <button type="button" class="quiet" onClick={() => { if (!changed || confirm('What you have changed is lost. Read it again?')) renew(); }}>Read again</button>
      </div>
      <CodeEditor label={`Text of ${base.file}`} text={text} onChange={setText} readOnly={!mayOperate()} marks={marked} complete={offers ? completePolicy : undefined} goTo={goTo}
        onEnter={() => { if (offers) void askForSchema().then((schema) => setOffers(schema !== null)); }} />
      {mayOperate() && <p class="none editor-help">{offers && <>Ctrl Space: what could stand here. </>}Ctrl S: save. Esc, then Tab: out of the text.</p>}
      {found.length > 0 && <Faults found={found} onGo={(one) => goTo.current?.(one)} />}
      </div>
    </Page>
      {side === 'replay' && mayOperate() && <PolicyReplay file={base.file} text={text} onFound={setFound} onClose={() => setQuery({ beside: undefined })} />}
      {side === 'history' && <PolicyHistory file={base.file} now={base.text} onClose={() => setQuery({ beside: undefined, commit: undefined })}
        onTake={(old) => { setText(old); say(`The editor has the old text of ${base.file}: save it to go back`); }} />}
    </>
  );
}

export function PolicyEditor() {
  const name = segments.value[1] ?? '';
  const { value, failure, loading, again } = useLoad<PolicyText>(`policies/${encodeURIComponent(name)}`);
  const [turn, setTurn] = useState(0);
  const renew = (): void => { setTurn(turn + 1); again(); };
  const missing = isMissing(failure);
  if (value && !loading) return <Editor key={`${value.etag} ${turn}`} file={value} renew={renew} />;
  if (missing && !loading && mayOperate()) return <Editor key={`new ${turn}`} file={{ file: name, etag: '', text: '' }} renew={renew} />;
  return (
    <Page title={name} above={{ to: '/policies', title: 'Policies' }}>
      {failure && !missing && <Refused failure={failure} again={again} />}
      {loading && <Waiting rows={16} />}
      {missing && !loading && <Nothing title={`There is no file ${name}`} />}
    </Page>
  );
}
