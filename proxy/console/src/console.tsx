// Who is not signed in sees the sign-in; everybody else the view that the address names.

import type { ComponentChildren } from 'preact';
import { session } from './base/api';
import { segments } from './base/router';
import { Nothing } from './parts/states';
import { Page } from './parts/page';
import { Link } from './parts/link';
import { Toasts } from './parts/toast';
import { Shell } from './shell';
import { UserPage } from './views/user_page';
import { Users } from './views/users';
import { ChangePassword, SignIn } from './views/sign_in';
import { SignedIn } from './views/signed_in';
import { Accounts } from './views/accounts';
import { Activities } from './views/activities';
import { Alerts } from './views/alerts';
import { AppPage } from './views/app_page';
import { Apps } from './views/apps';
import { Files } from './views/files';
import { Gateway } from './views/gateway';
import { Governance } from './views/governance';
import { Networks } from './views/networks';
import { Policies } from './views/policies';
import { PolicyEditor } from './views/policy_editor';
import { Discover } from './views/discover';

function viewOf(path: readonly string[]): ComponentChildren {
  const [name, id] = path;
  if (name === undefined) return <Discover />;
  if (name === 'apps') return id ? <AppPage key={id} /> : <Apps />;
  if (name === 'policies') return id ? <PolicyEditor key={id} /> : <Policies />;
  if (id === undefined) {
    if (name === 'files') return <Files />;
    if (name === 'governance') return <Governance />;
    if (name === 'networks') return <Networks />;
    if (name === 'gateway') return <Gateway />;
    if (name === 'accounts') return <Accounts />;
  }
  if (name === 'activities' && !id) return <Activities />;
  if (name === 'alerts' && !id) return <Alerts />;
  if (name === 'users') return id ? <UserPage key={id} /> : <Users />;
  return (
    <Page title="Not found">
      <Nothing title="There is no such page"><Link to="/">To the discovery dashboard</Link></Nothing>
    </Page>
  );
}

export function Console() {
  const who = session.value;
  if (who === undefined) return <div class="blank" role="status" aria-label="Loading" />;
  if (segments.value[0] === 'signed-in') return <SignedIn />;
  return (
    <>
      {who === null ? <SignIn /> : who.must_change ? <ChangePassword /> : <Shell>{viewOf(segments.value)}</Shell>}
      <Toasts />
    </>
  );
}
