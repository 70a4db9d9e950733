// Where the provider sends people back to. What stands in the address goes to the gateway, once, and out of the address.

import { useEffect, useState } from 'preact/hooks';
import { ask, ProblemFailure, session, type Session } from '../base/api';
import { askedFor, signInAtProvider } from '../base/provider';
import { go, href, place } from '../base/router';
import { Frame, wordsOf } from './sign_in';

interface Trouble { title: string; words: string }

// Words of RFC 6749 section 4.1.2.1 and OpenID Connect Core 3.1.2.6. What the address says besides is whatever somebody
// wrote into it, and is not shown.
const ERRORS: Record<string, string> = {
  access_denied: 'It did not let you in, or you stopped there.',
  login_required: 'It wants you to sign in there first.',
  interaction_required: 'It wants something of you first.',
  consent_required: 'It wants your consent first.',
  account_selection_required: 'It wants you to choose an account first.',
  temporarily_unavailable: 'It is not available at the moment. Try again in a while.',
  server_error: 'Something went wrong there. Try again in a while.',
  unauthorized_client: 'It does not know this gateway: the client_id, or the address of this console, is not registered there. Tell whoever runs the gateway.',
  invalid_request: 'It does not understand this gateway: the address of this console may not be registered there. Tell whoever runs the gateway.',
  invalid_scope: 'It does not give what this gateway asks for (admin_server.sign_in.scope). Tell whoever runs the gateway.',
  unsupported_response_type: 'It does not take authorization codes of this client. Tell whoever runs the gateway.',
};

const TITLES: Record<string, string> = { role: 'You have no role here', again: 'This sign-in is over', provider: 'The provider cannot be used' };

function troubleOf(failure: unknown): Trouble {
  const needs = failure instanceof ProblemFailure ? (failure.answer as { needs?: string } | null)?.needs ?? '' : '';
  return { title: TITLES[needs] ?? 'You are not signed in', words: wordsOf(failure) };
}

export function SignedIn() {
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    const { query } = place.value;
    history.replaceState(null, '', href('/signed-in'));
    const error = query.get('error');
    const [code, state, iss] = ['code', 'state', 'iss'].map((name) => query.get(name) ?? '');
    if (error !== null) {
      setTrouble({ title: 'The provider did not sign you in', words: ERRORS[error] ?? 'It gives a reason that is not known here.' });
    } else if (!code || !state) {
      setTrouble({ title: 'There is nothing to sign in with', words: 'This page is where the provider sends you back to.' });
    } else {
      ask<Session>('session/openid/answer', { method: 'POST', body: { code, state, ...(iss && { iss }) } }).then((who) => {
        const to = askedFor();
        session.value = who;
        go(to, 'replace');
      }, (failure: unknown) => setTrouble(troubleOf(failure)));
    }
  }, []);
  const again = async (): Promise<void> => {
    setBusy(true);
    try {
      await signInAtProvider();
    } catch (failure) {
      setTrouble(troubleOf(failure));
      setBusy(false);
    }
  };
  if (trouble === null) return <div class="blank" role="status" aria-label="Signing in" />;
  return (
    <Frame title={trouble.title} onSubmit={() => void again()}>
      <p class="sign-failure" role="alert">{trouble.words}</p>
      <button type="submit" class="main-action" disabled={busy}>Sign in again</button>
      <p class="sign-words"><a href={href('/')}>Sign in with an account of this gateway</a></p>
    </Frame>
  );
}
