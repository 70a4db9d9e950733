export default {
  async 'the dashboard shows all use'(visit) {
    await visit.open('/');
    await visit.heading('Discovery');
    const board = (await visit.gateway.api('discovery/dashboard?since=30d')).body;
    const apps = await visit.page.locator('.figure', { hasText: 'Apps' }).locator('dd').first().textContent();
    visit.expect(apps.startsWith(String(board.apps)), `the figure of apps is ${apps}, the API says ${board.apps}`);
    await visit.sees('Dropbox', 'table');
    await visit.judge('discovery');
  },

  async 'a chart has its table'(visit) {
    await visit.open('/');
    await visit.click('button', 'Table');
    const board = (await visit.gateway.api('discovery/dashboard?since=30d')).body;
    await visit.sees(board.days.at(-1).day, '.chart-table');
    await visit.judge('discovery-table', ['dark']);
  },

  async 'the address holds the time, and back goes back'(visit) {
    await visit.open('/');
    await visit.click('button', '7 days');
    await visit.settled();
    visit.expect(visit.page.url().endsWith('/console/?range=7d'), `the address is ${visit.page.url()}`);
    await visit.page.goBack();
    await visit.settled();
    visit.expect(visit.page.url().endsWith('/console/'), `after back the address is ${visit.page.url()}`);
    const pressed = await visit.page.getByRole('button', { name: '30 days' }).getAttribute('aria-pressed');
    visit.expect(pressed === 'true', 'after back the time is not 30 days');
  },

  async 'keys lead to the views, and the palette to an app'(visit) {
    await visit.open('/');
    await visit.press('g', 'p');
    await visit.heading('Apps');
    await visit.press('Control+k');
    await visit.page.keyboard.type('wetrans');
    await visit.sees('WeTransfer', '.palette');
    await visit.judge('palette', ['dark']);
    await visit.press('Enter');
    await visit.heading('WeTransfer');
    await visit.press('?');
    await visit.sees('Next and previous row');
    await visit.judge('keys', ['dark']);
    await visit.press('Escape');
  },

  async 'nothing jumps while it loads'(visit) {
    for (const path of ['/', '/apps', '/alerts', '/users']) {
      await visit.open(path);
      const moved = await visit.page.evaluate(() => new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => setTimeout(() => resolve(sum), 0));
      }));
      visit.expect(moved < 0.1, `${path}: the layout shifted by ${moved.toFixed(3)}, and 0.1 is the most`);
    }
  },

  async 'on a phone the views are in a menu'(visit) {
    await visit.page.setViewportSize({ width: 390, height: 844 });
    await visit.open('/');
    await visit.click('button', 'Views');
    await visit.judge('menu', ['narrow']);
    await visit.page.setViewportSize({ width: 390, height: 844 });
    await visit.open('/');
    await visit.click('button', 'Views');
    await visit.click('link', /^Alerts/);
    await visit.heading('Alerts');
    await visit.page.locator('.menu-open').waitFor({ state: 'detached' });  // the menu closes
  },

  // In a browser of its own: what it keeps there would colour the others' views.
  async 'colours can be chosen and stay'(visit) {
    const context = await visit.browser.newContext();
    await context.addCookies(await visit.page.context().cookies());
    const other = visit.with(await context.newPage());
    await other.open('/');
    await other.click('button', 'Colours: as the system');
    await other.page.reload();
    await other.settled();
    const theme = await other.page.evaluate(() => document.documentElement.dataset.theme);
    other.expect(theme === 'light', `the theme is ${theme}`);
    await context.close();
  },

  async 'an unknown address says so'(visit) {
    await visit.open('/nowhere');
    await visit.heading('Not found');
    await visit.judge('not-found', ['dark']);
  },
};
