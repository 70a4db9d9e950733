import { createHmac } from 'node:crypto';

// RFC 6238, as an authenticator app reckons it.
function codeOf(uri) {
  const secret = new URL(uri).searchParams.get('secret');
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30e3)));
  const digest = createHmac('sha1', key).update(counter).digest();
  return String((digest.readUInt32BE(digest[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

// In a browser of its own: nobody is signed in there.
async function stranger(visit, walk) {
  const context = await visit.browser.newContext();
  const page = await context.newPage();
  const other = visit.with(page);
  other.forgive(/401/);
  try {
    await other.open('/');
    await walk(other);
  } finally {
    await context.close();
  }
}

async function signIn(visit, name, password) {
  await visit.page.getByLabel('Name').fill(name);
  await visit.page.getByLabel('Password').fill(password);
  await visit.click('button', 'Sign in', { exact: true });
}

async function signInThere(visit, name, groups) {
  await visit.heading('Corp Login');
  await visit.page.getByLabel('User').fill(name);
  await visit.page.getByLabel('Groups').fill(groups);
  await visit.click('button', 'Log in');
}

export default {
  'who is not signed in sees the sign-in and nothing else': (visit) => stranger(visit, async (other) => {
    await other.heading('Sign in');
    await other.judge('sign-in');
    await signIn(other, 'admin', 'a wrong guess');
    await other.page.getByRole('alert').waitFor();
    await other.judge('sign-in-refused', ['dark']);
  }),

  'the first password is changed, and the view that was asked for opens': (visit) => stranger(visit, async (other) => {
    const given = (await visit.gateway.api('accounts?name=mara&role=analyst', 'POST')).body;
    await other.open('/alerts');
    await signIn(other, 'mara', given.password);
    await other.heading('Choose a password');
    await other.judge('choose-password', ['dark']);
    await other.page.getByLabel('That password').fill(given.password);
    await other.page.locator('input[name=new]').fill('a quite long password');
    await other.page.getByLabel('New password, again').fill('a quite long password');
    await other.click('button', 'Go on');
    await other.heading('Alerts');
    // An analyst looks and handles alerts, and changes nothing else.
    await other.open('/apps/dropbox');
    await other.heading('Dropbox');
    other.expect(await other.page.getByRole('button', { name: 'Unsanctioned' }).count() === 0, 'an analyst is offered to tag');
    await other.click('button', 'Sign out');
    await other.heading('Sign in');
  }),

  'a viewer sees no person': (visit) => stranger(visit, async (other) => {
    other.forgive(/403/);
    const given = (await visit.gateway.api('accounts?name=vera&role=viewer', 'POST')).body;
    await signIn(other, 'vera', given.password);
    await other.page.getByLabel('That password').fill(given.password);
    await other.page.locator('input[name=new]').fill('a quite long password');
    await other.page.getByLabel('New password, again').fill('a quite long password');
    await other.click('button', 'Go on');
    await other.heading('Discovery');
    await other.settled();
    await other.open('/alerts');
    await other.page.getByRole('alert').waitFor();
    await other.judge('viewer-refused', ['dark']);
  }),

  'who has an authenticator app needs its code': (visit) => stranger(visit, async (other) => {
    const given = (await visit.gateway.api('accounts?name=omar&role=viewer', 'POST')).body;
    const { uri } = (await visit.gateway.api('accounts/omar/totp', 'POST')).body;
    await signIn(other, 'omar', given.password);
    await other.page.getByRole('alert').waitFor();
    await other.page.locator('input[name=code]').fill(codeOf(uri));
    await other.click('button', 'Sign in', { exact: true });
    await other.heading('Choose a password');
  }),

  'somebody signs in at the provider and comes to the view that was asked for': (visit) => stranger(visit, async (other) => {
    other.forgive(/asked elsewhere: http:\/\/127/);
    await other.open('/alerts?severity=high');
    await other.click('button', 'Sign in with Corp Login');
    await signInThere(other, 'olga', 'staff soc');
    await other.heading('Alerts');
    other.expect(other.page.url().endsWith('/console/alerts?severity=high'), `it leads to ${other.page.url()}`);
    await other.open('/accounts');
    await other.sees('openid/olga');
    await other.sees('Corp Login keeps it');
    await other.judge('accounts-from-provider', ['dark']);
    await other.click('button', 'Sign out');
    await other.page.getByRole('link', { name: 'sign out there, too' }).waitFor();
    await other.judge('signed-out', ['dark', 'narrow']);
  }),

  'who has no role, stops there or comes from nowhere is told what to do': (visit) => stranger(visit, async (other) => {
    other.forgive(/asked elsewhere: http:\/\/127|403/);
    await other.click('button', 'Sign in with Corp Login');
    await signInThere(other, 'ulf', 'staff');
    await other.heading('You have no role here');
    await other.judge('no-role');
    await other.open('/signed-in?error=access_denied&error_description=Call%20555');
    await other.sees('you stopped there');
    other.expect(await other.page.getByText('555').count() === 0, 'what the address says is shown');
    await other.open('/signed-in?code=of-somebody&state=else');
    await other.heading('This sign-in is over');
    other.expect(other.page.url().endsWith('/console/signed-in'), 'the code stays in the address');
    await other.click('button', 'Sign in again');
    await signInThere(other, 'olga', 'soc');
    await other.heading('Discovery');
  }),
};
