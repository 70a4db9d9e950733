import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const schemaOf = (visit) => JSON.parse(execFileSync(visit.gateway.binary, ['schema', 'policy'], { maxBuffer: 8e6 }));
const areaOf = (visit) => visit.page.getByLabel('Text of starter.yaml');

// The editor with the caret at its end.
async function atEnd(visit) {
  await visit.open('/policies/starter.yaml');
  await areaOf(visit).click();
  await visit.press('Control+End');
}

const git = (folder, ...args) => execFileSync('git', ['-c', 'user.name=Ines', '-c', 'user.email=ines@corp.example', '-c', 'commit.gpgsign=false', ...args],
  { cwd: folder, stdio: 'ignore', env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' } });

export default {
  async 'policies, with what they decided'(visit) {
    await visit.open('/policies');
    await visit.sees('Unsanctioned apps are refused', 'table');
    await visit.judge('policies');
    await visit.page.locator('tr', { hasText: 'Unsanctioned apps are refused' }).first().click();
    await visit.sees(/Matches over time/, '.drawer');
    await visit.settled();
    const { policies } = (await visit.gateway.api('policies/matches?since=30d')).body;
    const { total } = policies.find(({ name }) => name === 'Unsanctioned apps are refused');
    const said = await visit.page.locator('.drawer .section-head h3').textContent();
    visit.expect(total > 0 && Math.abs(Number(/\((\d+)\)/.exec(said)[1]) - total) <= total / 10, `the drawer says ${said}, the API ${total}`);
    await visit.judge('policy');
    await visit.click('link', 'In the editor');
    await visit.heading('starter.yaml');
    await visit.judge('policy-file');
  },

  async 'what is written and not saved is not lost by going elsewhere'(visit) {
    await visit.open('/policies');
    await visit.click('link', 'starter.yaml', { exact: true });
    await visit.heading('starter.yaml');
    const text = await areaOf(visit).inputValue();
    await areaOf(visit).fill(`${text}# not saved\n`);
    const asked = [];
    const answer = { stay: true };
    visit.page.on('dialog', (dialog) => { asked.push(dialog.message()); void (answer.stay ? dialog.dismiss() : dialog.accept()); });
    await visit.click('link', /^Alerts/);
    await visit.page.evaluate(() => new Promise((resolve) => { addEventListener('popstate', () => resolve(), { once: true }); history.back(); }));
    await visit.heading('starter.yaml');
    visit.expect((await areaOf(visit).inputValue()).endsWith('# not saved\n'), 'the text is lost');
    answer.stay = false;
    await visit.click('link', /^Alerts/);
    await visit.heading('Alerts');
    visit.expect(asked.length === 3, `somebody who leaves is asked ${asked.length} times`);
  },

  async 'what is written outlives the session'(visit) {
    const context = await visit.browser.newContext();
    await visit.gateway.signIn(context);
    const other = visit.with(await context.newPage());
    other.forgive(/401/);
    await other.open('/policies/starter.yaml');
    const text = `${await areaOf(other).inputValue()}# still here\n`;
    await areaOf(other).fill(text);
    await other.sees('It compiles, and its tests pass');
    await context.clearCookies();
    await areaOf(other).fill(`${text}# and this\n`);
    await other.heading('Sign in');
    await other.page.getByLabel('Name').fill('admin');
    await other.page.getByLabel('Password').fill(visit.gateway.password);
    await other.click('button', 'Sign in', { exact: true });
    await other.heading('starter.yaml');
    other.expect(await areaOf(other).inputValue() === `${text}# and this\n`, 'what was written is lost');
    await context.close();
  },

  async 'a fault is shown in its line, and a policy that is saved judges at once'(visit) {
    visit.forgive(/422/);
    const file = join(visit.gateway.folder, 'policies/starter.yaml');
    const before = readFileSync(file, 'utf8');
    const user = 'hugo.silva';
    visit.expect(await visit.gateway.curl(user, 'https://www.ilovepdf.com/') === 200, 'iLovePDF is blocked already');
    await visit.open('/policies/starter.yaml');
    const text = visit.page.getByLabel('Text of starter.yaml');
    await text.fill(`${before}\n- name: No iLovePDF\n  when: {app: ilovepdff}\n  then: blok\n`);
    await visit.sees('It cannot be saved so');
    await visit.sees(/blok/, '.editor-faults');
    visit.expect(readFileSync(file, 'utf8') === before, 'a look has written the file');
    await visit.judge('policy-faults', ['dark']);
    await text.fill(`${before}\n- name: No iLovePDF\n  when: {app: ilovepdf}\n  then: block\n`);
    await visit.sees('It compiles, and its tests pass');
    await visit.click('button', 'Save');
    await visit.sees('starter.yaml is saved and in force on every worker');
    visit.expect(await visit.gateway.curl(user, 'https://www.ilovepdf.com/') === 403, 'iLovePDF is not blocked');
    await text.fill(before);
    await visit.sees('It compiles, and its tests pass');
    await visit.click('button', 'Save');
    await visit.page.waitForFunction(() => document.querySelector('.editor-state')?.textContent === 'As it is in force');
    visit.expect(readFileSync(file, 'utf8') === before, 'the file is not as it was');
  },

  async 'a search becomes a policy, which goes on into the editor'(visit) {
    const before = (await visit.gateway.api('policies/starter.yaml')).body.text;
    await visit.open('/activities?q=app.tag%3A%20unsanctioned&verb=upload&verdict=block');
    await visit.click('button', 'As a policy');
    await visit.page.getByRole('dialog').getByLabel('Name').fill('Uploads to what is not ours');
    await visit.page.getByRole('dialog').getByLabel('File').selectOption('starter.yaml');
    await visit.sees(/The verdict of the search is no condition/, '.dialog');
    await visit.judge('policy-from-search', ['dark']);
    await visit.click('button', 'Open in the editor');
    await visit.heading('starter.yaml');
    const text = await visit.page.getByLabel('Text of starter.yaml').inputValue();
    visit.expect(text.startsWith(before) && text.includes('    app.tag: unsanctioned\n    activity: upload\n'), `the editor has ${text.slice(before.length - 20)}`);
    await visit.sees('It compiles, and its tests pass');
    visit.expect((await visit.gateway.api('policies/starter.yaml')).body.text === before, 'it is written without having been saved');
    await visit.click('button', 'Discard');
  },

  async 'the editor offers what the schema has, by keys alone'(visit) {
    await visit.standIn('GET', '/api/v1/policies/schema', { 'policies/schema': schemaOf(visit) });
    await atEnd(visit);
    await visit.page.keyboard.type('\n- name: Offered\n');
    const offered = () => visit.page.getByRole('listbox', { name: 'What could stand here' });
    await visit.page.keyboard.type('wh');
    await offered().waitFor();
    await visit.press('Tab');
    await visit.page.keyboard.type('app.ta');
    await offered().getByRole('option', { name: 'app.tag', exact: true }).waitFor();
    await visit.sees(/The app's tags/, '.offer');
    const told = await visit.page.locator('.editor [role=status]').textContent();
    visit.expect(/^app\.tag, 1 of \d+\. The app's tags/.test(told), `who hears it is told ${told}`);
    await visit.judge('policy-offer');
    await areaOf(visit).focus();
    await visit.press('Control+Space', 'Enter');
    await visit.press('Control+Space', 'ArrowDown', 'Enter', 'Enter');
    await visit.page.keyboard.type('activity: upl');
    await offered().getByRole('option', { name: 'upload', exact: true }).waitFor();
    await visit.press('Tab', 'Enter', 'Backspace', 'Backspace');
    await visit.page.keyboard.type('then: bl');
    await offered().waitFor();
    await visit.press('Escape');
    visit.expect(await offered().count() === 0, 'Escape does not close what is offered');
    await visit.page.keyboard.type('ock\n');
    const text = await areaOf(visit).inputValue();
    const wanted = '\n- name: Offered\n  when:\n    app.tag: unsanctioned\n    activity: upload\n  then: block\n';
    visit.expect(text.trimEnd().endsWith(wanted.trimEnd()), `the text ends with ${text.slice(-wanted.length - 20)}`);
    await visit.sees('It compiles, and its tests pass');
    // What was taken comes back by the browser's own undo.
    await visit.press('Control+z', 'Control+z');
    visit.expect(await areaOf(visit).inputValue() !== text, 'nothing can be undone');
    await visit.click('button', 'Discard');
  },

  async 'kept activities are judged by the new text before it is in force'(visit) {
    await visit.standIn('GET', '/api/v1/policies/schema', { 'policies/schema': schemaOf(visit) });
    const since = new Date(Date.now() - 7 * 86400e3).toISOString();
    let looks = 0;
    const real = await visit.standIn('POST', '/api/v1/policies/{file}/replay', {
      'policies/*/replay': { id: 'one' },
      'policies/*/replay/one': () => ({ body: ++looks < 3 ? { state: 'running', done: 1000 * looks, of: 3000 } : { state: 'done', done: 3000, of: 3000, result: {
        since, until: since, changed: 2, transitions: [{ then: 'allow', now: 'block', policy_now: 'No Slack', count: 2 }],
        touched: { users: [{ name: 'ana.silva', count: 2 }], apps: [{ name: 'slack', count: 2 }] }, events: { all: 3000, judged: 3000, unsure: 1, without_facts: 0 },
        examples: { newly_blocked: [{ id: '01M8FR73PT9F39SPGX13BYFGMB', time: since, user: 'ana.silva', app: 'slack', host: 'acme.slack.com', then: 'allow', now: 'block', policy_now: 'No Slack' }] } } } }),
    });
    const before = readFileSync(join(visit.gateway.folder, 'policies/starter.yaml'), 'utf8');
    await visit.open('/policies/starter.yaml');
    await areaOf(visit).fill(`- name: No Slack\n  when: {app: slack}\n  then: block\n\n${before}`);
    await visit.sees('It compiles, and its tests pass');
    await visit.click('button', 'Replay…');
    await visit.page.locator('.drawer').getByRole('button', { name: '30 days' }).click();
    await visit.click('button', 'Replay', { exact: true });
    await visit.sees(/would be decided otherwise/, '.drawer');
    await visit.sees('No Slack', '.drawer');
    await visit.judge('policy-replay');
    if (real) {
      const { activities } = (await visit.gateway.api('activities?app=slack&since=30d&limit=1000&verdict=allow')).body;
      const said = await visit.page.locator('.drawer .lead').textContent();
      const count = Number(/^([\d,]+)/.exec(said)[1].replaceAll(',', ''));
      visit.expect(count > 0 && count <= activities.length, `${said}: the log has ${activities.length} that passed in Slack`);
    }
    visit.expect(readFileSync(join(visit.gateway.folder, 'policies/starter.yaml'), 'utf8') === before, 'a replay has written the file');
    await visit.click('button', 'Discard');
    await visit.sees('The text has changed since', '.drawer');
  },

  async 'a file goes back to what it was'(visit) {
    await visit.standIn('GET', '/api/v1/policies/schema', { 'policies/schema': schemaOf(visit) });
    const folder = join(visit.gateway.folder, 'policies');
    const file = join(folder, 'starter.yaml');
    const before = readFileSync(file, 'utf8');
    git(folder, 'init', '-q');
    git(folder, 'add', '.');
    git(folder, 'commit', '-q', '-m', 'The policies that we begin with');
    const first = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8' }).trim();
    const then = new Date().toISOString();
    const line = { commit: first, time: then, author: 'Ines', subject: 'The policies that we begin with' };
    const real = await visit.standIn('GET', '/api/v1/policies/{file}/history', {
      'policies/*/history': { file: 'starter.yaml', history: [line], next: null },
      'policies/*/history/*': { ...line, message: line.subject, text: before, diff: `--- /dev/null\n+++ b/starter.yaml\n@@ -0,0 +1,2 @@\n${before.split('\n').slice(0, 20).map((text) => `+${text}`).join('\n')}\n` },
    });
    const text = areaOf(visit);
    await visit.open('/policies/starter.yaml');
    await text.fill(`${before}\n- name: For a while\n  when: {app: trello}\n  then: block\n`);
    await visit.sees('It compiles, and its tests pass');
    await visit.click('button', 'Save');
    await visit.sees('starter.yaml is saved and in force on every worker');
    await visit.settled();
    await visit.click('button', 'History');
    await visit.sees('The policies that we begin with', '.drawer');
    await visit.page.locator('.change-head', { hasText: 'The policies that we begin with' }).click();
    await visit.page.locator('.diff').waitFor();
    await visit.judge('policy-history');
    await visit.click('button', 'Back to this text…');
    visit.expect(await text.inputValue() === before, 'the editor does not have the old text');
    await visit.sees('It compiles, and its tests pass');
    await visit.click('button', 'Save');
    await visit.until('policies/starter.yaml', (now) => now.text === before, 'the file is as it was');
    if (real) {
      const { history } = (await visit.gateway.api('policies/starter.yaml/history')).body;
      visit.expect(history.length === 3, `git has ${history.length} commits of the file, not 3`);
      visit.expect(history[0].author === 'admin', `the last is by ${history[0].author}`);
    }
  },
};
