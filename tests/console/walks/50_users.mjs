export default {
  async 'people who were seen, and one of them'(visit) {
    await visit.open('/users');
    await visit.sees('ana.silva', 'table');
    await visit.judge('users');
    await visit.open('/users/ana.silva');
    await visit.heading('ana.silva');
    await visit.sees('ana.silva@corp.example');
    await visit.judge('user');
    // A chart is as wide as its place was when it was drawn, and the next frame may be late.
    const over = await visit.page.evaluate(() => {
      const plots = [...document.querySelectorAll('.chart-frame .uplot')];
      for (const plot of plots) plot.style.width = '3000px';
      const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      for (const plot of plots) plot.style.width = '';
      return plots.length === 0 ? 'no chart' : wider;
    });
    visit.expect(over === 0, `a chart that is wider than its place makes the page wider: ${over}`);
  },

  async 'the timeline has what a person did, by kind'(visit) {
    await visit.open('/users/felix.silva');
    const timeline = visit.page.getByRole('region', { name: 'Timeline' });
    await timeline.getByRole('button', { name: 'Stopped' }).click();
    await visit.settled();
    const { activities } = (await visit.gateway.api('activities?user=felix.silva&since=90d&verdict=block&limit=25')).body;
    await timeline.locator('li').nth(activities.length).waitFor({ state: 'detached' });
    visit.expect(await timeline.locator('li').count() === activities.length, `${await timeline.locator('li').count()} lines for ${activities.length} that were stopped`);
    await timeline.locator('li a').first().click();
    await visit.page.waitForURL(new RegExp(`id=${activities[0].id}`));
    await visit.page.goBack();
    await visit.heading('felix.silva');
    visit.expect(await timeline.getByRole('button', { name: 'Stopped' }).getAttribute('aria-pressed') === 'true', 'back forgets what the timeline was of');
  },

  async 'somebody is asked'(visit) {
    await visit.open('/users/carla.silva');
    await visit.click('button', 'Ask…');
    await visit.page.getByLabel('Your words').fill('Was this you?');
    await visit.judge('ask', ['dark']);
    await visit.page.getByRole('dialog').getByRole('button', { name: 'Ask', exact: true }).click();
    await visit.until('questions?user=carla.silva', ({ questions }) => questions.length === 1 && questions[0].say === 'Was this you?', 'carla.silva is asked');
    await visit.open('/users?list=questions');
    await visit.sees('Was this you?', 'table');
    await visit.judge('questions', ['dark']);
    await visit.open('/users?list=suspended');
    await visit.judge('suspended', ['dark']);
    await visit.open('/users?list=requests');
    await visit.sees('Nobody asked for access');
    await visit.open('/users?list=grants');
    await visit.sees('Nothing is granted');
  },

  async 'what only an app can do is asked of it, and what came of it is told'(visit) {
    await visit.open('/users/greta.silva');
    await visit.click('button', 'At an app…');
    const dialog = visit.page.getByRole('dialog');
    await visit.sees('Ends the sessions of a user', '.dialog');
    visit.expect(await dialog.getByRole('button', { name: 'Ask for it' }).isDisabled(), 'it can be asked for without the reason that it needs');
    await dialog.getByLabel('Reason').fill('her laptop is gone');
    await visit.judge('app-action', ['dark']);
    await dialog.getByRole('button', { name: 'Ask for it' }).click();
    await visit.until('webhook-calls?user=greta.silva', ({ calls }) => calls[0]?.state === 'done', 'it is done');
    const asked = visit.gateway.asked.filter(({ user }) => user === 'greta.silva');
    visit.expect(asked.length === 1 && asked[0].action === 'end-sessions' && asked[0].reason === 'her laptop is gone' && asked[0].by === 'admin', `the receiver got ${JSON.stringify(asked)}`);
    await visit.open('/governance?list=calls');
    await visit.sees('her laptop is gone', 'table');
    await visit.sees('Done', 'table');
    await visit.judge('app-calls', ['dark', 'narrow']);
  },

  async 'who is unknown is said'(visit) {
    visit.forgive(/404/);
    await visit.open('/users/nobody.at.all');
    await visit.sees('Nobody knows nobody.at.all');
  },
};
