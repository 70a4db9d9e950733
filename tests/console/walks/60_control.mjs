import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export default {
  async 'what was done stands in the governance log, with who did it'(visit) {
    await visit.gateway.api('apps/trello/tags/monitored', 'PUT');
    await visit.open('/governance');
    await visit.sees('trello', 'table');
    await visit.judge('governance');
    await visit.click('link', 'Who looked');
    await visit.sees(/GET \/api\/v1\/alerts/, 'table');
    await visit.judge('reads', ['dark']);
  },

  async 'the gateway says how it fares, and reloads'(visit) {
    await visit.open('/gateway');
    await visit.sees('tor exits', 'table');
    await visit.judge('gateway');
    await visit.click('button', 'Reload files');
    await visit.sees(/Nothing has changed|In force on every worker/);
  },

  async 'feeds and addresses'(visit) {
    await visit.open('/networks');
    await visit.sees('tor exits', 'table');
    await visit.judge('networks');
  },

  async 'files that passed'(visit) {
    await visit.open('/files?name=server');
    await visit.sees('server.pem', 'table');
    await visit.open('/files');
    await visit.judge('files');
  },

  async 'policies, with what they decided'(visit) {
    await visit.open('/policies');
    await visit.sees('Unsanctioned apps are refused', 'table');
    await visit.judge('policies');
    await visit.page.locator('tr', { hasText: 'Unsanctioned apps are refused' }).first().click();
    await visit.heading('starter.yaml');
    await visit.judge('policy-file');
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
};
