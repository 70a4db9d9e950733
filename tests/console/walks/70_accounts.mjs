export default {
  async 'an operator adds an account, whose password is shown once, and takes it away'(visit) {
    await visit.open('/accounts');
    await visit.sees('admin', 'table');
    await visit.judge('accounts');
    const form = visit.page.locator('form', { has: visit.page.getByRole('button', { name: 'Add account' }) });
    await form.getByLabel('Name').fill('nora');
    await form.getByLabel('Role').selectOption('analyst');
    await form.getByRole('button', { name: 'Add account' }).click();
    await visit.sees('It is shown this once.', '.dialog');
    await visit.judge('account-given', ['dark']);
    await visit.click('button', 'It is noted');
    await visit.until('accounts', ({ accounts }) => accounts.some(({ name, role }) => name === 'nora' && role === 'analyst'), 'nora is an analyst');
    await visit.page.getByLabel('Role of nora').selectOption('viewer');
    await visit.until('accounts', ({ accounts }) => accounts.some(({ name, role }) => name === 'nora' && role === 'viewer'), 'nora is a viewer');
    visit.page.once('dialog', (dialog) => void dialog.accept());
    await visit.page.locator('tr', { hasText: 'nora' }).getByRole('button', { name: 'Remove' }).click();
    await visit.until('accounts', ({ accounts }) => !accounts.some(({ name }) => name === 'nora'), 'nora has no account');
  },
};
