export default {
  async 'what was done stands in the governance log, with who did it'(visit) {
    await visit.gateway.api('apps/trello/tags/monitored', 'PUT');
    await visit.open('/governance');
    await visit.sees('trello', 'table');
    await visit.judge('governance');
    await visit.gateway.api('alerts?user=felix.silva');
    await visit.click('link', 'Who looked');
    await visit.sees(/GET \/api\/v1\/alerts/, 'table');
    await visit.judge('reads', ['dark']);
  },

  async 'the gateway says how it fares, and reloads'(visit) {
    // What is carried unopened has the origin's own certificate, which the client does not know.
    visit.expect(await visit.gateway.curl('kira.haddad', '-k', 'https://download.windowsupdate.com/') === 200, 'updates do not pass');
    await visit.until('gateway', ({ bypassed }) => bypassed.some(({ host }) => host === 'download.windowsupdate.com'), 'the update is in the ledger');
    const { latency } = (await visit.gateway.api('gateway')).body;
    await visit.open('/gateway');
    await visit.sees('tor exits', 'table');
    visit.expect(latency.own.measured > 0, 'nothing was measured');
    await visit.sees(/half took/, '.panel-note');
    await visit.page.getByRole('region', { name: 'Latency' }).getByRole('button', { name: 'Table' }).click();
    await visit.page.getByRole('table', { name: 'What the gateway added, by minute' }).locator('tbody tr').first().waitFor();
    await visit.sees('Update services are carried unopened', 'table[aria-label="Carried unopened"]');
    await visit.sees('No origin showed a faulty certificate');
    await visit.judge('gateway');
    await visit.click('button', 'Reload files');
    await visit.sees(/Nothing has changed|In force on every worker/);
  },

  async 'feeds and addresses'(visit) {
    await visit.open('/networks');
    await visit.sees('tor exits', 'table');
    await visit.sees('private networks', 'table');
    await visit.judge('networks');
    const { ranges } = (await visit.gateway.api('ranges')).body;
    const own = visit.page.getByRole('table', { name: 'Ranges of yours' });
    visit.expect(await own.locator('tbody tr').count() === ranges.length, `not the ${ranges.length} ranges of the API are shown`);
    await visit.page.getByLabel('Name, prefix or tag').fill('169.254');
    await visit.page.waitForFunction(() => document.querySelector('[aria-label="Ranges of yours"] tbody')?.children.length === 1);
    await visit.click('button', 'Another range…');
    await visit.page.getByLabel('Prefixes').fill('192.0.2.0/24 2001:db8::/48');
    await visit.sees('cidrs: [192.0.2.0/24, "2001:db8::/48"]', '.dialog');
    await visit.judge('range-another', ['dark']);
    await visit.click('button', 'Done');
  },

  async 'files that passed'(visit) {
    await visit.open('/files?name=server');
    await visit.sees('server.pem', 'table');
    await visit.open('/files');
    await visit.judge('files');
  },
};
