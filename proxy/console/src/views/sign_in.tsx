import { useEffect, useState } from 'preact/hooks';
import { ask, Failure, leftOpen, session, type Session } from '../base/api';
import { signInAtProvider } from '../base/provider';

export function Frame({ title, failure, children, onSubmit }: {
  title: string; failure?: string; children: preact.ComponentChildren; onSubmit: () => void;
}) {
  document.title = `${title} – Sallyport`;
  return (
    <main class="sign-in">
      <form onSubmit={(event) => { event.preventDefault(); onSubmit(); }}>
        <p class="sign-brand"><svg width="24" height="24" viewBox="0 0 16 16" aria-hidden="true">
          <path fill="currentColor" d="M2 15V7a6 6 0 0 1 12 0v8h-4V8a2 2 0 0 0-4 0v7z" /></svg>Sallyport</p>
        <h1>{title}</h1>
        {failure && <p class="sign-failure" role="alert">{failure}</p>}
        {children}
      </form>
    </main>
  );
}

function Field({ label, name, type = 'text', value, onInput, autocomplete, note, required = true, autoFocus = false }: {
  label: string; name: string; type?: 'text' | 'password'; value: string; onInput: (value: string) => void; autocomplete: string;
  note?: string; required?: boolean; autoFocus?: boolean;
}) {
  return (
    <label class="field"><span>{label}{note && <span class="field-note"> {note}</span>}</span>
      <input name={name} type={type as 'text'} value={value} required={required} autocomplete={autocomplete} autoFocus={autoFocus} spellcheck={false}
        inputMode={name === 'code' ? 'numeric' : undefined} onInput={(event) => onInput(event.currentTarget.value)} />
    </label>
  );
}

export const wordsOf = (failure: unknown): string => (failure instanceof Failure ? failure.message : String(failure));

export function SignIn() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const [provider, setProvider] = useState<string | null>(null);

  useEffect(() => {
    // Where it cannot be told, accounts are what there is.
    ask<{ provider: string | null }>('session/openid').then((answer) => setProvider(answer.provider), () => undefined);
  }, []);
  const leave = async (): Promise<void> => {
    setBusy(true);
    try {
      await signInAtProvider();
    } catch (refusal) {
      setFailure(wordsOf(refusal));
      setBusy(false);
    }
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      session.value = await ask<Session>('session', { method: 'POST', body: { name, password, ...(code && { code: code.trim() }) } });
    } catch (refusal) {
      setFailure(wordsOf(refusal));
      setBusy(false);
    }
  };
  return (
    <Frame title="Sign in" failure={failure} onSubmit={() => void submit()}>
      {leftOpen.value && <p class="sign-words">You are signed out here. {leftOpen.value.provider} may still know you: <a
        href={leftOpen.value.url} rel="noreferrer">sign out there, too</a>.</p>}
      {provider !== null && <>
        <button type="button" class="main-action" disabled={busy} onClick={() => void leave()}>Sign in with {provider}</button>
        <p class="sign-or"><span>or with an account of this gateway</span></p></>}
      <Field label="Name" name="name" value={name} onInput={setName} autocomplete="username" autoFocus />
      <Field label="Password" name="password" type="password" value={password} onInput={setPassword} autocomplete="current-password" />
      <Field label="Code" note="of your authenticator app, where you have set one up" name="code" value={code} onInput={setCode}
        autocomplete="one-time-code" required={false} />
      <button type="submit" class={provider === null ? 'main-action' : ''} disabled={busy}>{busy ? 'Signing in…' : 'Sign in'}</button>
    </Frame>
  );
}

export function ChangePassword() {
  const [former, setFormer] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [failure, setFailure] = useState('');

  const submit = async (): Promise<void> => {
    if (password !== again) {
      setFailure('The two new passwords are not the same.');
      return;
    }
    try {
      const renewed = await ask<Session | null>('session/password', { method: 'POST', body: { password: former, new: password } });
      session.value = renewed?.name ? renewed : await ask<Session>('session');
    } catch (refusal) {
      setFailure(wordsOf(refusal));
    }
  };
  return (
    <Frame title="Choose a password" failure={failure} onSubmit={() => void submit()}>
      <p class="sign-words">The password that you signed in with was made for the first time only.</p>
      <Field label="That password" name="former" type="password" value={former} onInput={setFormer} autocomplete="current-password" autoFocus />
      <Field label="New password" note="12 characters at least, without your name" name="new" type="password" value={password} onInput={setPassword} autocomplete="new-password" />
      <Field label="New password, again" name="again" type="password" value={again} onInput={setAgain} autocomplete="new-password" />
      <button type="submit" class="main-action">Go on</button>
    </Frame>
  );
}
