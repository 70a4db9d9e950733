// What gateways tell since they measure; for one that does not yet.
const durations = { measured: 40, p50_us: 310, p95_us: 900, p99_us: 2100 };
const LATER = { latency: { own: durations, origin: durations, minutes: [{ minute: new Date(Date.now() - 60e3).toISOString(), own: durations, origin: durations }] },
  certificate_faults: [], bypassed: [] };

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
    const inner = (await visit.gateway.api('gateway')).body;
    const { latency } = inner.latency ? inner : LATER;
    if (!inner.latency) await visit.page.route('**/api/v1/gateway', (route) => route.fulfill({ json: { ...inner, ...LATER } }));
    await visit.open('/gateway');
    await visit.sees('tor exits', 'table');
    visit.expect(latency.own.measured > 0, 'nothing was measured');
    await visit.sees(/half took/, '.panel-note');
    await visit.page.getByRole('region', { name: 'Latency' }).getByRole('button', { name: 'Table' }).click();
    await visit.page.getByRole('table', { name: 'What the gateway added, by minute' }).locator('tbody tr').first().waitFor();
    await visit.sees('Every connection was opened');
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
