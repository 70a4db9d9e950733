export const source = '@hubspot/api-client 13.5.0 (npm): lib/codegen/*/models (its ObjectSerializer reads each answer)';
export const hosts = ['api.hubapi.com'];

const host = 'api.hubapi.com';
const object = (id, properties = {}) => ({ id, properties: { email: 'eve@rival.example', ...properties }, createdAt: '2026-11-26T10:00:00.000Z', updatedAt: '2026-11-26T10:00:00.000Z', archived: false });

export const routes = [
  ['GET', host, '/crm/v3/objects/{type}', () => ({ json: { results: [object('1')] } })],
  ['POST', host, '/crm/v3/objects/{type}', (request) => ({ status: 201, json: object('512', request.json.properties) })],
  ['GET', host, '/crm/v3/objects/{type}/{id}', (request) => ({ json: object(request.parameters.id) })],
  ['PATCH', host, '/crm/v3/objects/{type}/{id}', (request) => ({ json: object(request.parameters.id, request.json.properties) })],
  ['DELETE', host, '/crm/v3/objects/{type}/{id}', () => ({ status: 204 })],
  ['POST', host, '/crm/v3/objects/{type}/search', () => ({ json: { total: 1, results: [object('1')] } })],
  ['POST', host, '/crm/v3/objects/{type}/batch/create', (request) => ({ status: 201, json: { status: 'COMPLETE', results: request.json.inputs.map((_, at) => object(String(600 + at))), startedAt: '2026-11-26T10:00:00.000Z', completedAt: '2026-11-26T10:00:00.000Z' } })],
  ['POST', host, '/crm/v3/exports/export/async', () => ({ status: 202, json: { id: '9', links: {} } })],
  ['POST', host, '/files/v3/files', (request) => {
    const sent = request.parts.find((part) => part.name === 'file');
    request.keep(sent.filename, sent.bytes);
    return { status: 201, json: { id: '77', name: sent.filename, size: sent.bytes.length, access: 'PRIVATE', createdAt: '2026-11-26T10:00:00.000Z', updatedAt: '2026-11-26T10:00:00.000Z', archived: false } };
  }],
  ['DELETE', host, '/files/v3/files/{id}', () => ({ status: 204 })],
  ['POST', host, '/settings/v3/users', (request) => ({ status: 201, json: { id: '88', email: request.json.email } })],
  ['DELETE', host, '/settings/v3/users/{id}', () => ({ status: 204 })],
];
