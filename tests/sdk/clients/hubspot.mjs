import { Client } from '@hubspot/api-client';
import { content } from './content.mjs';

const hubspot = new Client({ accessToken: 'pat-test', numberOfApiCallRetries: 0 });
const contacts = hubspot.crm.contacts;
const person = { properties: { email: 'eve@rival.example', firstname: 'Eve' } };

export const calls = {
  list_contacts: () => contacts.basicApi.getPage(10),
  search_contacts: () => contacts.searchApi.doSearch({ query: 'eve', limit: 10, filterGroups: [] }),
  create_contact: () => contacts.basicApi.create({ ...person, associations: [] }),
  read_contact: () => contacts.basicApi.getById('512'),
  edit_contact: () => contacts.basicApi.update('512', person),
  delete_contact: () => contacts.basicApi.archive('512'),
  create_many: () => contacts.batchApi.create({ inputs: [{ ...person, associations: [] }] }),
  create_deal: () => hubspot.crm.deals.basicApi.create({ properties: { dealname: 'Big' }, associations: [] }),
  // Its typed call for this fails in the SDK itself: it cannot write out a body that is one of several types.
  export_contacts: () => hubspot.apiRequest({
    method: 'POST', path: '/crm/v3/exports/export/async',
    body: { exportType: 'VIEW', format: 'CSV', exportName: 'all', objectType: 'CONTACT', objectProperties: ['email'], language: 'EN', associatedObjectType: [] },
  }),
  upload_file: () => hubspot.files.filesApi.upload({ data: content(4000, 36), name: 'plan.docx' }, undefined, '/docs', 'plan.docx', undefined, JSON.stringify({ access: 'PRIVATE' })),
  delete_file: () => hubspot.files.filesApi.archive('77'),
  create_user: () => hubspot.settings.users.usersApi.create({ email: 'new@example.org', sendWelcomeEmail: true }),
  delete_user: () => hubspot.settings.users.usersApi.archive('88'),
};
