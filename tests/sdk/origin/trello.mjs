export const source = 'trello.js 1.2.8 (npm): out/api/models/*.d.ts';
export const hosts = ['api.trello.com'];

const host = 'api.trello.com';
const card = (id, more = {}) => ({ id, name: 'Buy food', idBoard: 'b1', idList: 'l1', closed: false, shortLink: 'abc', url: 'https://trello.com/c/abc', ...more });
const asked = (request) => ({ ...Object.fromEntries(request.query), ...(request.headers['content-type']?.includes('json') ? request.json : {}) });

export const routes = [
  ['GET', host, '/1/members/{id}', () => ({ json: { id: 'm1', username: 'ana', fullName: 'Ana' } })],
  ['GET', host, '/1/boards/{id}', (request) => ({ json: { id: request.parameters.id, name: 'Launch', closed: false } })],
  ['POST', host, '/1/boards{x...}', (request) => ({ json: { id: 'b2', name: asked(request).name } })],
  ['PUT', host, '/1/boards/{id}/members', () => ({ json: { id: 'b1', members: [], memberships: [] } })],
  ['PUT', host, '/1/boards/{id}', (request) => ({ json: { id: request.parameters.id, name: 'Launch' } })],
  ['DELETE', host, '/1/boards/{id}', () => ({ json: { _value: null } })],
  ['POST', host, '/1/cards', (request) => ({ json: card('c2', { name: asked(request).name }) })],
  ['GET', host, '/1/cards/{id}', (request) => ({ json: card(request.parameters.id) })],
  ['PUT', host, '/1/cards/{id}', (request) => ({ json: card(request.parameters.id) })],
  ['DELETE', host, '/1/cards/{id}', () => ({ json: { limits: {} } })],
  ['POST', host, '/1/cards/{id}/actions/comments', () => ({ json: { id: 'a1', type: 'commentCard' } })],
  ['POST', host, '/1/cards/{id}/attachments', (request) => {
    const sent = request.parts.find((part) => part.name === 'file');
    request.keep(sent.filename, sent.bytes);
    return { json: { id: 'at1', name: sent.filename, bytes: sent.bytes.length, isUpload: true } };
  }],
];
