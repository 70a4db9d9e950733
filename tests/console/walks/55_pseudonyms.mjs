// Of a gateway of its own that hides names.

import { Visit } from '../browser.mjs';
import { Gateway } from '../gateway.mjs';

async function withHiddenNames(visit, walk) {
  const { binary, source, console: folder } = visit.gateway;
  const gateway = await Gateway.start({ binary, source, console: folder, count: 0, more: { recording: { anonymize_users: true } } });
  const context = await visit.browser.newContext();
  try {
    await gateway.signIn(context);
    await walk(new Visit(await context.newPage(), gateway, visit.shots, visit.faults));
  } finally {
    await context.close();
    await gateway.stop();
  }
}

export default {
  async 'a name under a pseudonym is revealed for a reason, until the page is left'(first) {
    await withHiddenNames(first, async (visit) => {
      await visit.gateway.upload('ana.silva', 'content.dropboxapi.com', 'server.pem');
      await visit.until('users/ana.silva', ({ activities }) => activities > 0, 'what she did');
      const { user } = (await visit.gateway.api('users/ana.silva')).body;
      visit.expect(user.startsWith('psn-'), `she goes by ${user}`);
      await visit.open(`/users/${user}`);
      await visit.heading(user);
      await visit.judge('pseudonym', ['dark', 'narrow']);
      const hasName = async () => (await visit.page.content()).includes('ana.silva');
      visit.expect(!await hasName(), 'the name stands on the page before anybody asked');

      await visit.click('button', 'Reveal…');
      const dialog = visit.page.getByRole('dialog');
      const reveal = dialog.getByRole('button', { name: 'Reveal', exact: true });
      visit.expect(await reveal.isDisabled(), 'it can be asked without a reason');
      await dialog.getByLabel('Reason').fill('   ');
      visit.expect(await reveal.isDisabled(), 'blanks are a reason');
      await dialog.getByLabel('Reason').fill('case 2026-31');
      await visit.judge('reveal', ['dark']);
      await reveal.click();
      await visit.sees('ana.silva', '.notice');
      await visit.judge('revealed', ['dark']);
      visit.expect(!visit.page.url().includes('ana.silva') && !(await visit.page.title()).includes('ana.silva'), 'the name is in the address or the title');
      const { entries } = (await visit.gateway.api('governance')).body;
      visit.expect(entries.some((entry) => JSON.stringify(entry).includes('case 2026-31') && JSON.stringify(entry).includes('"admin"')), `the governance log has ${JSON.stringify(entries)}`);
      const reads = (await visit.gateway.api('audit-reads')).body.entries.filter((entry) => JSON.stringify(entry).includes('/reveal'));
      visit.expect(reads.length === 1 && !JSON.stringify(reads).includes('ana.silva'), `the record of reads has ${JSON.stringify(reads)}`);

      await visit.click('link', 'Identities');
      await visit.heading('Identities');
      visit.expect(!await hasName(), 'the name goes along to another page');
      await visit.page.goBack();
      await visit.heading(user);
      await visit.sees('A pseudonym stands for the name.');
      visit.expect(!await hasName(), 'the name is there again without being asked for');
    });
  },

  async 'where names are not hidden nothing is to be revealed'(visit) {
    await visit.open('/users/ana.silva');
    await visit.heading('ana.silva');
    visit.expect(await visit.page.getByRole('button', { name: 'Reveal…' }).count() === 0, 'there is a button for it');
  },
};
