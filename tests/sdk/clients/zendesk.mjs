import fs from 'node:fs';
import node_zendesk from 'node-zendesk';
import { content } from './content.mjs';

const zendesk = node_zendesk.createClient({ username: 'ana@example.org', token: 'test', subdomain: 'example' });

export const calls = {
  who_am_i: () => zendesk.users.me(),
  list_tickets: () => zendesk.tickets.list(),
  read_ticket: () => zendesk.tickets.show(35),
  search: () => zendesk.search.query('printer'),
  create_ticket: () => zendesk.tickets.create({ ticket: { subject: 'Printer', comment: { body: 'It is on fire' } } }),
  solve_ticket: () => zendesk.tickets.update(35, { ticket: { status: 'solved' } }),
  comment: () => zendesk.tickets.update(35, { ticket: { comment: { body: 'We look into it', public: true } } }),
  delete_ticket: () => zendesk.tickets.delete(35),
  upload_file: () => {
    fs.writeFileSync('screen.png', content(4000, 37));
    return zendesk.attachments.upload('screen.png', { filename: 'screen.png', binary: true });
  },
  create_user: () => zendesk.users.create({ user: { name: 'New', email: 'new@example.org', role: 'agent' } }),
  delete_user: () => zendesk.users.delete(9873),
};
