const open = async (visit, user) => {
  const alerts = (await visit.gateway.api(`alerts?user=${user}`)).body;
  visit.expect(alerts.length > 0, `${user} has no alert`);
  return alerts[0];
};

export default {
  async 'how many are unread stands in the side bar'(visit) {
    const { unread } = (await visit.gateway.api('alerts/unread')).body;
    await visit.open('/');
    const said = await visit.page.locator('.side-number').textContent();
    visit.expect(unread > 0 && said === `${unread} unread`, `the side bar says ${said}, the API ${unread}`);
  },

  async 'the queue, and the drawer of one'(visit) {
    await visit.open('/alerts');
    await visit.sees('Digital certificates are uploaded', 'table');
    await visit.judge('alerts');
    const alert = await open(visit, 'eva.silva');
    await visit.page.locator('tr', { hasText: 'eva.silva' }).first().click();
    await visit.sees('vpn-client.p12', '.drawer');
    visit.expect(visit.page.url().includes(`id=${alert.id}`), `the address is ${visit.page.url()}`);
    await visit.judge('alert');
    await visit.until(`alerts/${alert.id}`, (one) => one.read, 'it is read');
    await visit.press('Escape');
    await visit.page.locator('.drawer').waitFor({ state: 'detached' });
  },

  async 'j follows the drawer'(visit) {
    await visit.open('/alerts');
    await visit.press('j', 'Enter');
    await visit.page.locator('.drawer h2').waitFor();
    const first = visit.page.url();
    await visit.press('j');
    await visit.page.waitForFunction((before) => location.href !== before, first);
    await visit.page.goBack();
    await visit.page.locator('.drawer').waitFor({ state: 'detached' });
  },

  async 'an alert is given to somebody, commented and closed with a reason'(visit) {
    const alert = await open(visit, 'ana.silva');
    await visit.open(`/alerts?id=${alert.id}`);
    await visit.click('button', 'To me');
    await visit.until(`alerts/${alert.id}`, (one) => one.assignee === 'admin', 'it is assigned to admin');
    await visit.page.getByLabel('Comment').fill('A certificate of the lab.');
    await visit.click('button', 'Comment');
    await visit.sees('A certificate of the lab.', '.timeline');
    await visit.click('button', 'Close…');
    await visit.page.getByRole('radio', { name: 'Benign' }).check();
    await visit.page.getByLabel('Reason').selectOption('test');
    await visit.judge('alert-close', ['dark']);
    await visit.click('button', 'Close alert');
    await visit.until(`alerts/${alert.id}`, (one) => one.resolution === 'benign' && one.reason === 'test', 'it is closed as benign');
    const { history } = (await visit.gateway.api(`alerts/${alert.id}`)).body;
    visit.expect(history.every((step) => step.who === 'admin'), `the history names ${history.map((step) => step.who)}`);
  },

  async 'several are closed at once'(visit) {
    await visit.open('/alerts?policy=attack-tool');
    await visit.page.getByLabel('Choose all').check();
    await visit.click('button', 'Close…');
    await visit.page.getByRole('radio', { name: 'False positive' }).check();
    await visit.click('button', /^Close 2 alerts/);
    await visit.until('alerts?policy=attack-tool&state=false_positive', (alerts) => alerts.length === 2, 'both are closed');
    await visit.sees('No alert is like that');
    await visit.judge('alerts-none', ['dark']);
  },

  async 'the person is suspended from the alert, which cuts them off, and let in again'(visit) {
    const alert = await open(visit, 'ben.silva');
    await visit.open(`/alerts?id=${alert.id}`);
    await visit.click('button', 'Suspend…');
    await visit.page.getByLabel('Reason').fill('key outside');
    await visit.judge('suspend', ['dark']);
    await visit.page.getByRole('dialog').getByRole('button', { name: 'Suspend', exact: true }).click();
    await visit.until('suspensions', ({ suspensions }) => suspensions.some(({ user }) => user === 'ben.silva'), 'ben.silva is suspended');
    visit.expect(await visit.gateway.curl('ben.silva', 'https://drive.google.com/') === 403, 'ben.silva still passes');
    await visit.open('/users/ben.silva');
    await visit.sees('Suspended');
    await visit.judge('user-suspended', ['dark']);
    await visit.click('button', 'Lift');
    await visit.until('suspensions', ({ suspensions }) => suspensions.length === 0, 'nobody is suspended');
    visit.expect(await visit.gateway.curl('ben.silva', 'https://drive.google.com/') === 200, 'ben.silva does not pass again');
  },
};
