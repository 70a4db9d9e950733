// One's own password; for operators, who may sign in here and the tokens of programs.

import { useState } from 'preact/hooks';
import { ask, mayOperate, session, type Session } from '../base/api';
import { useLoad } from '../base/load';
import { Copyable } from '../parts/copyable';
import { Dialog } from '../parts/dialog';
import { Page, Panel } from '../parts/page';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table } from '../parts/table';
import { Time } from '../parts/time';
import { attempt, say } from '../parts/toast';

interface Account { name: string; role: string; made: string; signed_in?: string; must_change: boolean; totp: boolean }
interface Token { name: string; role: string; made: string }
interface Open { name: string; role?: string; provider?: string; begun: string; used: string }
interface Given { name: string; role: string; password?: string; token?: string; uri?: string }

const ROLES = ['viewer', 'analyst', 'operator'];
const WHAT: Record<string, string> = { viewer: 'reports without persons', analyst: 'what persons did, and alerts', operator: 'everything' };

function OwnPassword() {
  const [former, setFormer] = useState('');
  const [password, setPassword] = useState('');
  const change = async (): Promise<void> => {
    const done = await attempt(async () => {
      const renewed = await ask<Session | null>('session/password', { method: 'POST', body: { password: former, new: password } });
      session.value = renewed?.name ? renewed : await ask<Session>('session');
    }, 'Your password is changed; your other sessions have ended');
    if (!done) return;
    setFormer('');
    setPassword('');
  };
  return (
    <Panel title="Your password">
      <form class="stack-form" onSubmit={(event) => { event.preventDefault(); void change(); }}>
        <label class="field"><span>Present password</span><input type="password" required autocomplete="current-password" value={former} onInput={(event) => setFormer(event.currentTarget.value)} /></label>
        <label class="field"><span>New password <span class="field-note">12 characters at least, without your name</span></span><input type="password" required autocomplete="new-password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} /></label>
        <div><button type="submit">Change it</button></div>
      </form>
    </Panel>
  );
}

// What is given is in the answer once and nowhere else.
function Handed({ given, onClose }: { given: Given; onClose: () => void }) {
  const what = given.password ?? given.token ?? given.uri ?? '';
  return (
    <Dialog title={`For ${given.name}`} onClose={onClose} foot={<button type="button" class="main-action" onClick={onClose}>It is noted</button>}>
      <p>{given.password ? 'The password for the first sign-in, which asks for another one.' : given.token ? 'The token, to be sent as a bearer.' : 'For the authenticator app.'} It is shown this once.</p>
      <Copyable text={what} block />
    </Dialog>
  );
}

function AddForm({ what, onAdd }: { what: string; onAdd: (name: string, role: string) => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState('viewer');
  return (
    <form class="row-form" onSubmit={(event) => { event.preventDefault(); onAdd(name.trim(), role); setName(''); }}>
      <label class="field grow"><span>Name</span><input type="text" required maxLength={255} autocomplete="off" spellcheck={false} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
      <label class="field"><span>Role</span><select value={role} onChange={(event) => setRole(event.currentTarget.value)}>{ROLES.map((one) => <option key={one} value={one}>{one}: {WHAT[one]}</option>)}</select></label>
      <button type="submit">{what}</button>
    </form>
  );
}

function Everybody() {
  const { value, failure, loading, again } = useLoad<{ accounts: Account[]; tokens: Token[]; sessions: Open[] }>('accounts');
  const [given, setGiven] = useState<Given | null>(null);
  const call = async (path: string, method: string, query: Record<string, string> = {}): Promise<void> => {
    try {
      const answer = await ask<Given | null>(path, { method, query });
      if (answer?.password || answer?.token || answer?.uri) setGiven(answer);
      else say('Done');
    } catch (refused) {
      say(refused instanceof Error ? refused.message : String(refused), 'bad');
    }
    again();
  };
  const path = (name: string): string => `accounts/${encodeURIComponent(name)}`;
  const me = session.value?.name;
  return (
    <>
      <Panel title="Accounts" class="flush">
        {failure && <Refused failure={failure} again={again} />}
        {!value && loading && <Waiting rows={3} />}
        {value && <Table label="Accounts" rows={value.accounts} idOf={(row) => row.name} columns={[
          { key: 'name', title: 'Name', cell: (row) => <span class="strong">{row.name}{row.name === me && <span class="cell-note">you</span>}</span> },
          { key: 'role', title: 'Role', cell: (row) => row.name === me ? row.role : <select aria-label={`Role of ${row.name}`} value={row.role} onChange={(event) => void call(`${path(row.name)}/role`, 'PUT', { role: event.currentTarget.value })}>
            {ROLES.map((role) => <option key={role} value={role}>{role}</option>)}</select> },
          { key: 'factor', title: 'Second factor', least: 'middle', cell: (row) => <button type="button" class="quiet" onClick={() => void call(`${path(row.name)}/totp`, row.totp ? 'DELETE' : 'POST')}>{row.totp ? 'Set; forget it' : 'None; set one'}</button> },
          { key: 'signed', title: 'Last sign-in', least: 'middle', cell: (row) => row.signed_in ? <Time at={row.signed_in} /> : row.must_change ? 'not yet' : '–' },
          { key: 'do', title: '', grow: true, cell: (row) => <span class="actions right">
            <button type="button" onClick={() => void call(`${path(row.name)}/reset`, 'POST')}>Reset password</button>
            {row.name !== me && <button type="button" class="danger" onClick={() => { if (confirm(`Take the account of ${row.name} away?`)) void call(path(row.name), 'DELETE'); }}>Remove</button>}</span> },
        ]} />}
        <div class="inset below"><AddForm what="Add account" onAdd={(name, role) => void call('accounts', 'POST', { name, role })} /></div>
      </Panel>
      <Panel title="Tokens of programs" class="flush">
        {value && (value.tokens.length === 0 ? <Nothing title="There is none beside the one in the state directory" /> : <Table label="Tokens" rows={value.tokens} idOf={(row) => row.name} columns={[
          { key: 'name', title: 'Name', cell: (row) => <span class="strong">{row.name}</span> }, { key: 'role', title: 'Role', cell: (row) => row.role },
          { key: 'made', title: 'Made', cell: (row) => <Time at={row.made} /> },
          { key: 'do', title: '', grow: true, cell: (row) => <span class="actions right"><button type="button" class="danger" onClick={() => { if (confirm(`Take the token ${row.name} back?`)) void call(`tokens/${encodeURIComponent(row.name)}`, 'DELETE'); }}>Take back</button></span> },
        ]} />)}
        <div class="inset below"><AddForm what="Make token" onAdd={(name, role) => void call('tokens', 'POST', { name, role })} /></div>
      </Panel>
      <Panel title="Signed in now" class="flush">
        {value && <Table label="Sessions" rows={value.sessions} idOf={(row) => `${row.name} ${row.begun}`} columns={[
          { key: 'name', title: 'Name', cell: (row) => <span class="strong">{row.name}{row.name === me && <span class="cell-note">you</span>}</span> },
          { key: 'role', title: 'Role', cell: (row) => row.role ?? '–' },
          { key: 'by', title: 'By', least: 'middle', cell: (row) => row.provider ?? 'an account' },
          { key: 'begun', title: 'Since', cell: (row) => <Time at={row.begun} /> },
          { key: 'used', title: 'Last used', least: 'middle', cell: (row) => <Time at={row.used} /> },
          { key: 'do', title: '', grow: true, cell: (row) => row.name === me ? '' : <span class="actions right"><button type="button" onClick={() => { if (confirm(`End all sessions of ${row.name}?`)) void call(`${path(row.name)}/sessions`, 'DELETE'); }}>End</button></span> },
        ]} />}
      </Panel>
      {given && <Handed given={given} onClose={() => setGiven(null)} />}
    </>
  );
}

export function Accounts() {
  return (
    <Page title="Accounts" note={`You are ${session.value?.name}, ${session.value?.role}`}>
      <div class="stack">{session.value?.provider ? <Panel title="Your password"><p>{session.value.provider} keeps it; change it there.</p></Panel> : <OwnPassword />}{mayOperate() && <Everybody />}
        <p class="none"><a href="/console/licenses.txt" target="_blank" rel="noreferrer">Licences of what this console is made with</a></p></div>
    </Page>
  );
}
