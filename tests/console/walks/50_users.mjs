export default {
  async 'people who were seen, and one of them'(visit) {
    await visit.open('/users');
    await visit.sees('ana.silva', 'table');
    await visit.judge('users');
    await visit.open('/users/ana.silva');
    await visit.heading('ana.silva');
    await visit.sees('ana.silva@corp.example');
    await visit.judge('user');
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

  async 'who is unknown is said'(visit) {
    visit.forgive(/404/);
    await visit.open('/users/nobody.at.all');
    await visit.sees('Nobody knows nobody.at.all');
  },
};
