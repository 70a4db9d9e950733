export const source = 'node-zendesk 6.0.1 (npm): dist/types/clients, which cite the vendor\'s reference';
export const hosts = ['example.zendesk.com'];

const host = 'example.zendesk.com';
const v2 = '/api/v2';
const ticket = (id, more = {}) => ({ id: Number(id), url: `https://example.zendesk.com/api/v2/tickets/${id}.json`, subject: 'Printer', status: 'open', requester_id: 20978392, ...more });

export const routes = [
  ['GET', host, `${v2}/users/me{x...}`, () => ({ json: { user: { id: 35436, name: 'Ana', email: 'ana@example.org', role: 'admin' } } })],
  ['GET', host, `${v2}/tickets{x...}`, (request) => /\d/.test(request.parameters.x) ? { json: { ticket: ticket(35) } } : { json: { tickets: [ticket(35)], count: 1, next_page: null } }],
  ['POST', host, `${v2}/tickets{x...}`, (request) => ({ status: 201, json: { ticket: ticket(36, request.json.ticket), audit: { id: 1 } } })],
  ['PUT', host, `${v2}/tickets/{id...}`, (request) => ({ json: { ticket: ticket(35, request.json.ticket), audit: { id: 1 } } })],
  ['DELETE', host, `${v2}/tickets/{id...}`, () => ({ status: 204 })],
  ['POST', host, `${v2}/uploads{x...}`, (request) => {
    request.keep(request.query.get('filename'), request.body);
    return { status: 201, json: { upload: { token: '6bk3gql82em5nmf', attachment: { id: 498483, file_name: request.query.get('filename'), size: request.body.length } } } };
  }],
  ['GET', host, `${v2}/search{x...}`, () => ({ json: { results: [ticket(35)], count: 1, next_page: null } })],
  ['POST', host, `${v2}/users{x...}`, (request) => ({ status: 201, json: { user: { id: 9873, ...request.json.user } } })],
  ['DELETE', host, `${v2}/users/{id...}`, () => ({ json: { user: { id: 9873, active: false } } })],
  ['POST', host, `${v2}/macros{x...}`, (request) => ({ status: 201, json: { macro: { id: 25, ...request.json.macro } } })],
];
