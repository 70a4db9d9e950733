export const source = '@okta/okta-sdk-nodejs 8.1.0 (npm): src/generated/models';
export const hosts = ['example.okta.com'];

const host = 'example.okta.com';
const user = (id, more = {}) => ({ id, status: 'ACTIVE', created: '2026-11-26T10:00:00.000Z', profile: { login: 'new@example.org', email: 'new@example.org', firstName: 'New', lastName: 'One' }, ...more });
const v1 = '/api/v1';

export const routes = [
  ['GET', host, `${v1}/users`, () => ({ json: [user('00u1')] })],
  ['POST', host, `${v1}/users`, (request) => ({ json: user('00u2', { profile: request.json.profile }) })],
  ['GET', host, `${v1}/users/{id}`, (request) => ({ json: user(request.parameters.id) })],
  ['POST', host, `${v1}/users/{id}`, (request) => ({ json: user(request.parameters.id, { profile: request.json.profile }) })],
  ['DELETE', host, `${v1}/users/{id}`, () => ({ status: 204 })],
  ['POST', host, `${v1}/users/{id}/lifecycle/reset_factors`, () => ({ json: {} })],
  ['POST', host, `${v1}/users/{id}/lifecycle/suspend`, () => ({ json: {} })],
  ['POST', host, `${v1}/users/{id}/roles`, () => ({ json: { id: 'ra1', type: 'SUPER_ADMIN', status: 'ACTIVE', label: 'Super Administrator' } })],
  ['POST', host, `${v1}/groups`, (request) => ({ json: { id: '00g1', profile: request.json.profile, type: 'OKTA_GROUP' } })],
  ['PUT', host, `${v1}/groups/{group}/users/{user}`, () => ({ status: 204 })],
  ['POST', host, `${v1}/apps`, (request) => ({ json: { id: '0oa1', ...request.json } })],
  ['GET', host, `${v1}/logs`, () => ({ json: [{ uuid: 'e1', eventType: 'user.session.start' }] })],
];
