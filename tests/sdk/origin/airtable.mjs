export const source = 'airtable 0.12.2 (npm): lib/table.js, lib/record.js';
export const hosts = ['api.airtable.com'];

const host = 'api.airtable.com';
const record = (id, fields = { Name: 'Rival' }) => ({ id, fields, createdTime: '2026-11-26T10:00:00.000Z' });

export const routes = [
  ['GET', host, '/v0/{base}/{table}{slash...}', () => ({ json: { records: [record('rec1')] } })],
  ['POST', host, '/v0/{base}/{table}{slash...}', (request) => ({ json: request.json.records ? { records: request.json.records.map((one, at) => record(`recNew${at}`, one.fields)) } : record('recNew', request.json.fields) })],
  ['PATCH', host, '/v0/{base}/{table}{slash...}', (request) => ({ json: request.json.records ? { records: request.json.records.map((one) => record(one.id, one.fields)) } : record('rec1', request.json.fields) })],
  ['DELETE', host, '/v0/{base}/{table}{slash...}', (request) => {
    const ids = request.query.getAll('records[]');
    return { json: ids.length ? { records: ids.map((id) => ({ id, deleted: true })) } : { id: 'rec1', deleted: true } };
  }],
];
