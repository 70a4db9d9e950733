export const source = 'discord-api-types, as @discordjs/rest 2.6.3 (npm) brings it: payloads and rest, v10';
export const hosts = ['discord.com'];

const host = 'discord.com';
const v10 = '/api/v10';
const message = (id, more = {}) => ({ id, channel_id: '800', content: 'hello', author: { id: '7', username: 'ana' }, timestamp: '2026-11-26T10:00:00.000000+00:00', attachments: [], embeds: [], type: 0, ...more });

export const routes = [
  ['GET', host, `${v10}/users/@me`, () => ({ json: { id: '7', username: 'ana', discriminator: '0' } })],
  ['GET', host, `${v10}/channels/{id}/messages`, () => ({ json: [message('900')] })],
  ['POST', host, `${v10}/channels/{id}/messages`, (request) => {
    const sent = request.parts.find((part) => part.filename !== undefined);
    if (sent) request.keep(sent.filename, sent.bytes);
    return { json: message('901', { attachments: sent ? [{ id: '1', filename: sent.filename, size: sent.bytes.length }] : [] }) };
  }],
  ['PATCH', host, `${v10}/channels/{id}/messages/{message}`, (request) => ({ json: message(request.parameters.message) })],
  ['DELETE', host, `${v10}/channels/{id}/messages/{message}`, () => ({ status: 204 })],
  ['POST', host, `${v10}/channels/{id}/invites`, () => ({ json: { code: 'abc', type: 0 } })],
  ['POST', host, `${v10}/guilds/{id}/channels`, (request) => ({ status: 201, json: { id: '801', type: 0, name: request.json.name } })],
  ['PUT', host, `${v10}/guilds/{id}/members/{user}/roles/{role}`, () => ({ status: 204 })],
  ['DELETE', host, `${v10}/guilds/{id}/members/{user}`, () => ({ status: 204 })],
];
