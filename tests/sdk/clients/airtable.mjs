import Airtable from 'airtable';

const table = new Airtable({ apiKey: 'pat.test' }).base('appExample')('Customers');

export const calls = {
  list: () => table.select({ maxRecords: 3 }).firstPage(),
  create: () => table.create({ Name: 'Rival' }),
  edit: () => table.update('rec1', { Name: 'Rival Ltd' }),
  edit_many: () => table.update([{ id: 'rec1', fields: { Name: 'A' } }, { id: 'rec2', fields: { Name: 'B' } }]),
  delete: () => table.destroy('rec1'),
};
