export default {
  async 'the log, one of it with everything, and why it was judged so'(visit) {
    await visit.open('/activities?verdict=block');
    await visit.sees('felix.silva', 'table');
    await visit.judge('activities');
    await visit.page.locator('tr', { hasText: 'felix.silva' }).first().click();
    await visit.sees('This app is not approved here', '.drawer');
    await visit.judge('activity');
    await visit.click('button', 'Why?');
    await visit.sees('Decides', '.drawer');
    await visit.judge('activity-why', ['dark']);
  },

  async 'a fact becomes a condition, and conditions are text'(visit) {
    await visit.open('/activities?verdict=block');
    await visit.page.locator('tr', { hasText: 'felix.silva' }).first().click();
    await visit.sees('Tags', '.drawer');
    await visit.click('button', 'Add app.tag to the filter');
    await visit.settled();
    visit.expect(new URL(visit.page.url()).searchParams.get('q') === 'app.tag: unsanctioned', `the address is ${visit.page.url()}`);
    await visit.press('Escape');
    await visit.press('/');
    await visit.page.keyboard.type('activity: upload, file.extension: crt');
    await visit.press('Enter');
    await visit.sees('intranet.crt', 'table');
    visit.expect(await visit.page.locator('tbody tr').count() >= 1, 'no row is left');
  },

  async 'a word alone is looked for'(visit) {
    await visit.open('/activities?q=vpn-client');
    await visit.sees('vpn-client.p12', 'table');
  },

  async 'what is wrong with conditions is shown where it is'(visit) {
    visit.forgive(/400/);
    await visit.open('/activities?q=activty%3A%20upload');
    await visit.sees('^^^', '.caret');
    await visit.judge('activities-fault', ['dark']);
  },

  async 'the person, the address and what is like it stand beside an activity'(visit) {
    const { activities: [one] } = (await visit.gateway.api('activities?user=felix.silva&verdict=block&limit=1')).body;
    await visit.open(`/activities?user=felix.silva&id=${one.id}`);
    await visit.click('link', 'User', { exact: true });
    await visit.sees('How usual this is for them', '.drawer');
    await visit.judge('activity-user');
    const person = (await visit.gateway.api('users/felix.silva?since=30d')).body;
    const shown = await visit.page.locator('.drawer .small-figures dd').first().textContent();
    visit.expect(shown === person.activities.toLocaleString('en'), `the drawer counts ${shown} activities, the API ${person.activities}`);
    await visit.click('link', 'Address', { exact: true });
    await visit.sees('Who is there', '.drawer');
    await visit.judge('activity-address', ['dark', 'narrow']);
    await visit.click('button', 'Set as corporate, VPN or risky…');
    await visit.page.getByRole('radio', { name: 'VPN' }).check();
    await visit.sees(`cidrs: [${one.client}/32]`, '.dialog');
    await visit.sees('category: vpn', '.dialog');
    await visit.judge('range-proposal', ['dark']);
    await visit.click('button', 'Done');
    await visit.click('link', 'Similar', { exact: true });
    await visit.page.locator('.drawer tbody tr').first().waitFor();
    await visit.judge('activity-similar', ['dark']);
    // The next row keeps the tab.
    await visit.page.locator('.drawer tbody tr').first().click();
    await visit.page.waitForFunction((id) => new URL(location.href).searchParams.get('id') !== id && new URL(location.href).searchParams.get('tab') === 'similar', one.id);
  },

  async 'what happens is seen live'(visit) {
    await visit.open('/activities?live=1&user=greta.silva');
    await visit.sees('Nothing has happened yet');
    await visit.gateway.upload('greta.silva', 'www.ilovepdf.com', 'live.pdf');
    await visit.sees('live.pdf', 'table');
    await visit.judge('activities-live', ['dark']);
  },

  async 'what is missing in the live view stands where it is missing'(visit) {
    const row = (id, user) => `id: ${id}\nevent: activity\ndata: ${JSON.stringify({ id, time: new Date().toISOString(), kind: 'exchange', user, app_name: 'Box', host: 'app.box.com', type: 'view', action: 'allow', ending: 'completed', bytes_in: 1, bytes_out: 2 })}\n\n`;
    let asked = 0;
    await visit.page.route('**/api/v1/activities/live*', (route) => (++asked > 1 ? route.abort()
      : route.fulfill({ contentType: 'text/event-stream', body: `retry: 60000\n\n${row('01M8FR73PT9F39SPGX13BYFGM1', 'first')}event: dropped\ndata: {"dropped": 17}\n\n${row('01M8FR73PT9F39SPGX13BYFGM2', 'second')}` })));
    await visit.open('/activities?live=1');
    await visit.sees('second', 'table');
    const lines = await visit.page.locator('tbody tr').evaluateAll((rows) => rows.map((line) => line.textContent));
    visit.expect(lines.length === 3 && lines[0].includes('second') && lines[1].includes('17 missing') && lines[2].includes('first'), `the lines are ${lines.join(' | ')}`);
    await visit.sees('The connection is lost; it is tried again.');
    await visit.judge('activities-hole', ['dark']);
  },

  async 'the log goes on behind the first page'(visit) {
    await visit.open('/activities?range=30d');
    const before = await visit.page.locator('tbody tr').count();
    await visit.click('button', 'Show more');
    await visit.page.waitForFunction((n) => document.querySelectorAll('tbody tr').length > n, before);
    const ids = await visit.page.locator('tbody a').evaluateAll((links) => links.map((link) => new URL(link.href).searchParams.get('id')));
    visit.expect(new Set(ids).size === ids.length && ids.length === 2 * before, `${ids.length} rows of ${new Set(ids).size} activities`);
  },

  async 'the gateway knows every suggested search'(visit) {
    await visit.open('/activities');
    const filters = await visit.page.getByLabel('Suggested').locator('option').evaluateAll((options) => options.map(({ value }) => value).filter(Boolean));
    await visit.gateway.each(filters, async (filter) => {
      const { status, body } = await visit.gateway.api(`activities?limit=1&filter=${encodeURIComponent(filter)}`);
      visit.expect(status === 200, `${filter}: ${status} ${body.detail}`);
    });
  },
};
