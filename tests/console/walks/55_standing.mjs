export default {
  async 'sessions are ended and a second factor is required, in force at once, and lifted again'(visit) {
    const user = 'hugo.silva';
    const passes = () => visit.gateway.curl(user, 'https://drive.google.com/');
    visit.expect(await passes() === 200, 'the person passes at first');
    await visit.open(`/users/${user}`);
    for (const [button, title, confirm, asks, notice] of [
      ['End sessions…', `End sessions of ${user}`, 'End sessions', 'sign_in_again', 'Must sign in again'],
      ['Second factor…', `Second factor of ${user}`, 'Require it', 'step_up', 'A second factor is required']]) {
      await visit.click('button', button);
      const dialog = visit.page.getByRole('dialog', { name: title });
      await dialog.getByLabel('For').selectOption('8h');
      await dialog.getByLabel('Reason').fill('a laptop is lost');
      await visit.judge(asks.replaceAll('_', '-'), ['dark']);
      await dialog.getByRole('button', { name: confirm, exact: true }).click();
      await visit.sees(notice, '.notice');
      const { suspensions } = (await visit.gateway.api(`suspensions?user=${user}`)).body;
      visit.expect(suspensions.length === 1 && suspensions[0].asks === asks && suspensions[0].reason === 'a laptop is lost' && suspensions[0].who === 'admin',
        `what is in force is ${JSON.stringify(suspensions)}`);
      const lasts = Date.parse(suspensions[0]?.until) - Date.parse(suspensions[0]?.from);
      visit.expect(Math.abs(lasts - 8 * 3600e3) <= 60e3, `it lasts ${lasts} ms`);
      visit.expect(await passes() === 403, 'the next request is asked');
      await visit.open('/users?list=suspended');
      await visit.sees(notice, 'table');
      if (asks === 'step_up') await visit.judge('suspended-step-up');
      await visit.open(`/users/${user}`);
      await visit.sees(notice, '.notice');
      if (asks === 'step_up') await visit.judge('user-step-up', ['dark', 'narrow']);
      await visit.click('button', 'Lift');
      await visit.until(`suspensions?user=${user}`, ({ total }) => total === 0, 'it is lifted');
      visit.expect(await passes() === 200, 'the person passes again');
    }
    await visit.open('/governance');
    for (const action of ['end sessions', 'lift sign-in', 'require step-up', 'lift step-up']) await visit.sees(new RegExp(`^${action}$`, 'i'), 'table');
  },
};
