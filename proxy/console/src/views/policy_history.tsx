// What a file of policies was before, where its folder is a git repository: who changed what, and back to it.

import { isMissing, mayOperate } from '../base/api';
import { useLoad } from '../base/load';
import { place, setQuery } from '../base/router';
import { Diff } from '../parts/diff';
import { Drawer } from '../parts/dialog';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Time } from '../parts/time';

interface Change { commit: string; time: string; author: string; subject: string }
interface History { history: Change[] | null; reason?: string; why?: string; next?: string | null }
interface Shown extends Change { message?: string; text: string | null; diff: string }

function OneChange({ file, commit, now, onTake }: { file: string; commit: string; now: string; onTake: (text: string) => void }) {
  const { value, failure, loading, again } = useLoad<Shown>(`policies/${encodeURIComponent(file)}/history/${encodeURIComponent(commit)}`);
  if (failure) return <Refused failure={failure} again={again} />;
  if (!value) return loading ? <Waiting rows={6} /> : null;
  const rest = (value.message ?? '').replace(value.subject, '').trim();
  return (
    <div class="change">
      {rest && <p class="pre none">{rest}</p>}
      {value.diff ? <Diff text={value.diff} label={`What ${value.subject} changed`} /> : <p class="none">It changed nothing in this file.</p>}
      {mayOperate() && value.text !== null && (value.text === now ? <p class="none">The file is so now.</p>
        : <button type="button" onClick={() => onTake(value.text!)}>Back to this text…</button>)}
    </div>
  );
}

export function PolicyHistory({ file, now, onTake, onClose }: { file: string; now: string; onTake: (text: string) => void; onClose: () => void }) {
  const { value, failure, loading, again } = useLoad<History>(`policies/${encodeURIComponent(file)}/history`);
  const open = place.value.query.get('commit') ?? '';
  return (
    <Drawer title={`History of ${file}`} onClose={onClose} wide>
      {failure && (isMissing(failure) ? <Nothing title="This gateway keeps no history">It knows the file as it is now.</Nothing> : <Refused failure={failure} again={again} />)}
      {!value && loading && <Waiting rows={8} />}
      {value && value.history === null && <Nothing title="There is no history">{value.reason ?? value.why}</Nothing>}
      {value?.history?.length === 0 && <Nothing title="Nothing of it is committed yet" />}
      {value?.history && value.history.length > 0 && (
        <ol class="changes">{value.history.map((change) => (
          <li key={change.commit}>
            <button type="button" class="quiet change-head" aria-expanded={open === change.commit} onClick={() => setQuery({ commit: open === change.commit ? undefined : change.commit }, 'replace')}>
              <span class="change-what">{change.subject}</span>
              <span class="none">{change.author}, <Time at={change.time} /> <code>{change.commit.slice(0, 8)}</code></span></button>
            {open === change.commit && <OneChange file={file} commit={change.commit} now={now} onTake={onTake} />}
          </li>))}
        </ol>
      )}
      {value?.next && <p class="none">Older ones are not shown: see git.</p>}
    </Drawer>
  );
}
