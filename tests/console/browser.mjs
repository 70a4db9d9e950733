// Chromium with the console open and somebody signed in. A walk gets a `Visit`, which goes to views, looks and acts, and
// gathers what was wrong.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
const PATIENCE = 10_000; // ms for anything to appear
const LOOKS = {
  dark: { colorScheme: 'dark', width: 1440, height: 900 },
  light: { colorScheme: 'light', width: 1440, height: 900 },
  narrow: { colorScheme: 'light', width: 390, height: 844 },
};

export class Visit {
  constructor(page, gateway, shots, faults = []) {
    Object.assign(this, { page, gateway, shots, faults, forgiven: [] });
    page.setDefaultTimeout(PATIENCE);
    page.on('console', (message) => {
      if (message.type() === 'error') this.fault(`the browser says: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.fault(`the page threw: ${error.stack ?? error.message}`));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== gateway.site) this.fault(`the page asked elsewhere: ${request.url()}`);
    });
  }

  // The same walk in another page, such as that of somebody else.
  with(page) { return new Visit(page, this.gateway, this.shots, this.faults); }

  fault(text) {
    if (!this.forgiven.some((pattern) => pattern.test(text))) this.faults.push(text);
  }

  // What a walk provokes on purpose, such as the 401 of a wrong password.
  forgive(pattern) { this.forgiven.push(pattern); }

  expect(truth, text) { if (!truth) this.fault(text); }

  async open(path) {
    await this.page.goto(`${this.gateway.site}/console${path}`);
    await this.settled();
  }

  // Everything that was asked for is there.
  async settled() {
    await this.page.waitForFunction(() => !document.querySelector('.waiting, .blank, .stale'), null, { timeout: PATIENCE });
  }

  async sees(text, within = 'body') {
    await this.page.locator(within).getByText(text).first().waitFor({ timeout: PATIENCE });
  }

  async heading(text) { await this.page.getByRole('heading', { level: 1, name: text }).waitFor({ timeout: PATIENCE }); }

  press(...keys) { return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve()); }

  click(role, name, options = {}) { return this.page.getByRole(role, { name, ...options }).first().click({ timeout: PATIENCE }); }

  // Until the gateway says so: `look` of what its API answers.
  async until(path, look, what) {
    const deadline = Date.now() + PATIENCE;
    while (!look((await this.gateway.api(path)).body)) {
      if (Date.now() > deadline) return this.fault(`the API does not say: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return undefined;
  }

  // Does this gateway have the route? An older binary may be walked, too: there `answers` (of the path's end) stand in.
  async standIn(method, route, answers) {
    const { paths } = (await this.gateway.api('openapi.json')).body;
    if (paths[route]?.[method.toLowerCase()]) return true;
    for (const [pattern, answer] of Object.entries(answers)) {
      await this.page.route(`**/api/v1/${pattern}`, (route) => {
        const { status = 200, body } = typeof answer === 'function' ? answer(route.request()) : { body: answer };
        return route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) });
      });
    }
    return false;
  }

  // The view as it is: accessible, no wider than the window, and a picture where they are wanted. In each look, unless it
  // says which: a dialog is made of what the views around it are made of.
  async judge(name, looks = Object.keys(LOOKS)) {
    for (const look of looks) {
      const { colorScheme, width, height } = LOOKS[look];
      await this.page.emulateMedia({ colorScheme });
      await this.page.setViewportSize({ width, height });
      await this.settled();
      if (!await this.page.evaluate('typeof axe === "object"')) await this.page.evaluate(axe);
      // What is there is the same in each look: light is asked for its colours alone, narrow for what it hides.
      const rules = { dark: RULES, light: ['color-contrast'], narrow: ['button-name', 'link-name', 'label', 'scrollable-region-focusable'] }[look];
      // Rows of a table are alike: the first ones stand for all.
      const found = await this.page.evaluate((runOnly) => globalThis.axe.run({ exclude: [['tbody tr:nth-child(n+21)']] }, { runOnly, resultTypes: ['violations'] }), rules);
      for (const { id, help, nodes } of found.violations) {
        this.fault(`${name}, ${look}: ${id}: ${help}\n${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 200)}\n  ${failureSummary}`).join('\n')}`);
      }
      const over = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      this.expect(over <= 0, `${name}, ${look}: the page is ${over} px wider than its window`);
      // On a desk no column is cut off; on a phone a table may be moved.
      const cut = look !== 'dark' ? [] : await this.page.evaluate(() => [...document.querySelectorAll('.table-frame')]
        .filter((frame) => frame.scrollWidth > frame.clientWidth + 1).map((frame) => `${frame.firstChild.getAttribute('aria-label')} by ${frame.scrollWidth - frame.clientWidth} px`));
      this.expect(cut.length === 0, `${name}, ${look}: wider than their place: ${cut.join(', ')}`);
      if (this.shots) await this.page.screenshot({ path: join(this.shots, `${name}-${look}.png`) });
    }
    await this.page.emulateMedia({ colorScheme: 'dark' });
    await this.page.setViewportSize({ width: LOOKS.dark.width, height: LOOKS.dark.height });
  }
}

export class Browser {
  static async start(gateway, shots) {
    const browser = new Browser();
    if (shots) mkdirSync(shots, { recursive: true });
    Object.assign(browser, { gateway, shots });
    browser.chromium = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    browser.context = await browser.newContext();
    await gateway.signIn(browser.context);
    return browser;
  }

  newContext() {
    return this.chromium.newContext({ colorScheme: 'dark', viewport: { width: LOOKS.dark.width, height: LOOKS.dark.height } });
  }

  // What was wrong with it.
  async run(name, walk) {
    const page = await this.context.newPage();
    const visit = new Visit(page, this.gateway, this.shots);
    visit.browser = this;
    try {
      await walk(visit);
    } catch (error) {
      visit.faults.push(String(error.stack ?? error).slice(0, 1500));
      if (this.shots) await page.screenshot({ path: join(this.shots, `failed-${name.replaceAll(' ', '-')}.png`) });
    }
    await page.close();
    return visit.faults;
  }

  stop() { return this.chromium.close(); }
}
