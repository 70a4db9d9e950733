import { REST } from '@discordjs/rest';
import { content } from './content.mjs';

// Its own undici would not be asked for a proxy; fetch() of Node is the other way that it offers.
const discord = new REST({ version: '10', makeRequest: (url, init) => fetch(url, { ...init, dispatcher: undefined }) }).setToken('test');

export const calls = {
  who_am_i: () => discord.get('/users/@me'),
  read_channel: () => discord.get('/channels/800/messages'),
  post_message: () => discord.post('/channels/800/messages', { body: { content: 'hello' } }),
  post_file: () => discord.post('/channels/800/messages', { body: { content: 'see' }, files: [{ name: 'plan.docx', data: content(4000, 43) }] }),
  edit_message: () => discord.patch('/channels/800/messages/901', { body: { content: 'hello all' } }),
  delete_message: () => discord.delete('/channels/800/messages/901'),
  create_invitation: () => discord.post('/channels/800/invites', { body: { max_age: 0 } }),
  create_channel: () => discord.post('/guilds/600/channels', { body: { name: 'project', type: 0 } }),
  give_role: () => discord.put('/guilds/600/members/9/roles/5'),
  remove_member: () => discord.delete('/guilds/600/members/9'),
};
