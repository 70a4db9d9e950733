import { readFileSync } from 'node:fs';

export default {
  async 'the list filters, and the address holds it'(visit) {
    await visit.open('/apps');
    await visit.sees('Dropbox', 'table');
    await visit.judge('apps');
    await visit.page.getByLabel('Tag').selectOption('unsanctioned');
    await visit.settled();
    await visit.page.waitForFunction(() => ![...document.querySelectorAll('tbody tr')].some((row) => row.textContent.includes('Dropbox')));
    visit.expect(visit.page.url().includes('tag=unsanctioned'), `the address is ${visit.page.url()}`);
    await visit.press('/');
    await visit.page.keyboard.type('mega');
    await visit.page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
    visit.expect(await visit.page.locator('tbody tr').first().textContent().then((text) => text.includes('MEGA')), 'MEGA is not what is left');
    await visit.page.reload();
    await visit.settled();
    visit.expect(await visit.page.locator('tbody tr').count() === 1, 'a reload loses the filter');
  },

  async 'j, x and a click tag two apps, which the gateway refuses at once'(visit) {
    await visit.open('/apps?q=deep');
    await visit.press('j', 'x', 'j', 'x');
    await visit.sees('2 apps chosen');
    await visit.judge('apps-chosen', ['dark']);
    await visit.page.locator('.bulk').getByRole('button', { name: 'Unsanctioned' }).click();
    await visit.until('apps/deepl', (app) => app.tags.includes('unsanctioned'), 'DeepL is unsanctioned');
    await visit.until('apps/deepseek', (app) => app.tags.includes('unsanctioned'), 'DeepSeek is unsanctioned');
    const status = await visit.gateway.curl('hugo.silva', 'https://www.deepl.com/');
    visit.expect(status === 403, `DeepL answers ${status} through the proxy, not 403`);
    await visit.page.locator('tbody', { hasText: 'Unsanctioned' }).waitFor();
  },

  async 'the page of an app tags it and takes it back'(visit) {
    await visit.open('/apps/dropbox');
    await visit.heading('Dropbox');
    await visit.judge('app');
    await visit.page.getByRole('button', { name: 'Sanctioned', exact: true }).click();
    await visit.until('apps/dropbox', (app) => app.tags.includes('sanctioned'), 'Dropbox is sanctioned');
    await visit.sees('Changed by hand');
    await visit.click('button', 'As the files say');
    await visit.until('apps/dropbox', (app) => app.tags.length === 0, 'Dropbox is as the files say');
  },

  async 'the score of an app is told factor by factor, with the sum'(visit) {
    const { risk } = (await visit.gateway.api('apps/dropbox')).body;
    await visit.open('/apps/dropbox');
    const head = visit.page.locator('.risk-head', { hasText: 'Security' });
    await head.click();
    const own = risk.factors.filter(({ group }) => group === 'security');
    const rows = await visit.page.getByRole('table', { name: 'Factors, Security' }).locator('tbody tr').count();
    visit.expect(own.length > 5 && rows === own.length, `${rows} factors are shown, the API has ${own.length}`);
    const { points } = risk.groups.find(({ group }) => group === 'security');
    await visit.sees(new RegExp(`Together ${points.toFixed(1)} of 10`), '.risk-group');
    await visit.judge('app-risk', ['dark', 'narrow']);
    await visit.page.getByRole('region', { name: 'Kinds of files uploaded' }).locator('.bars li').first().waitFor();
  },

  async 'what the file of the operator says is not overruled, and that is said'(visit) {
    visit.forgive(/409/);
    await visit.open('/apps/mega');
    await visit.page.getByRole('button', { name: 'Sanctioned', exact: true }).click();
    await visit.sees(/by a file of yours, which no change by hand overrules/);
    await visit.judge('app-refused', ['dark']);
  },

  async 'the tenants of an app, and what asked for rights in it, stand on its page'(visit) {
    const { instances } = (await visit.gateway.api('instances?app=slack&since=30d')).body;
    const { consents } = (await visit.gateway.api('consents?app=slack&since=30d')).body;
    visit.expect(instances.length === 4 && consents.length === 3, `the API has ${instances.length} instances and ${consents.length} clients`);
    await visit.open('/apps/slack');
    for (const [label, wanted] of [['Instances', instances.length], ['Third-party consents', consents.length]]) {
      const rows = visit.page.getByRole('table', { name: label }).locator('tbody tr');
      await rows.first().waitFor();
      visit.expect(await rows.count() === wanted, `${label} has ${await rows.count()} rows, not ${wanted}`);
    }
    await visit.sees('acme-labs', '[aria-label="Instances"]');
    await visit.sees('Meeting notes', '[aria-label="Third-party consents"]');
    await visit.page.getByRole('table', { name: 'Instances' }).scrollIntoViewIfNeeded();
    await visit.judge('app-tenants', ['dark', 'narrow']);
    await visit.open('/apps/dropbox');
    await visit.sees('No instance is told');
    await visit.sees('No other app asked for rights here');
  },

  async 'the catalog can be searched'(visit) {
    await visit.open('/apps?list=catalog&q=proton');
    await visit.sees('Proton VPN', 'table');
    await visit.judge('catalog', ['dark']);
  },

  async 'a search is kept and found again, and the list is saved as CSV'(visit) {
    await visit.open('/apps?tag=unsanctioned');
    await visit.click('button', 'Saved');
    await visit.page.getByLabel('Save what is shown now as').fill('Not ours');
    await visit.click('button', 'Save', { exact: true });
    await visit.sees('Not ours', '.saved');
    await visit.judge('saved', ['dark']);
    await visit.press('Escape');
    await visit.open('/apps');
    await visit.click('button', /^Saved/);
    await visit.click('link', 'Not ours');
    await visit.page.waitForURL(/tag=unsanctioned/);
    await visit.settled();
    const waiting = visit.page.waitForEvent('download');
    await visit.click('button', 'CSV');
    const text = readFileSync(await (await waiting).path(), 'utf8');
    const lines = text.trimEnd().split('\r\n');
    const rows = await visit.page.locator('tbody tr').count();
    visit.expect(lines[0].startsWith('app,name,category,tags') && lines.length === rows + 1, `${rows} rows are saved as:\n${text}`);
  },

  async 'what nobody knows is said'(visit) {
    visit.forgive(/404/);
    await visit.open('/apps/no-such-app');
    await visit.sees('Nothing is known of no-such-app');
    await visit.judge('app-unknown', ['dark']);
  },

  async 'the gateway knows every word that lists offer'(visit) {
    const check = async (path, label, question) => {
      await visit.open(path);
      // Words of the catalog come behind what the view is about.
      await visit.page.getByLabel(label, { exact: true }).locator('option').nth(1).waitFor({ state: 'attached' });
      const words = await visit.page.getByLabel(label, { exact: true }).locator('option').evaluateAll((options) => options.map(({ value }) => value).filter(Boolean));
      visit.expect(words.length > 0, `${label} offers nothing`);
      await visit.gateway.each(words, async (word) => {
        const { status } = await visit.gateway.api(`${question}${encodeURIComponent(word)}`);
        visit.expect(status === 200, `${label}: ${word} is answered with ${status}`);
      });
    };
    await check('/apps', 'Has', 'discovery/apps?limit=1&has=');
    await check('/apps', 'Suggested query', 'discovery/apps?limit=1&query=');
    await check('/apps', 'Category', 'discovery/apps?limit=1&category=');
    await check('/activities', 'Activity', 'activities?limit=1&verb=');
    await check('/activities', 'Verdict', 'activities?limit=1&verdict=');
    await check('/alerts', 'Severity', 'alerts?limit=1&severity=');
    await check('/files', 'Kind', 'files?limit=1&family=');
    await check('/files', 'Open to', 'files?limit=1&sharing=');
  },
};
