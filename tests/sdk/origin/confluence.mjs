import { content } from './content.mjs';

export const source = 'confluence.js 2.1.0 (npm): dist/esm/api (paths, parameters and models)';
export const hosts = ['example.atlassian.net'];

const host = 'example.atlassian.net';
const wiki = '/wiki/rest/api';
const page = (id, title = 'Plan') => ({ id, type: 'page', status: 'current', title, version: { number: 2 }, _links: { webui: `/spaces/APP/pages/${id}` } });

export const routes = [
  ['GET', host, `${wiki}/user/current`, () => ({ json: { type: 'known', accountId: '5b10', email: 'ana@example.org', displayName: 'Ana' } })],
  ['POST', host, `${wiki}/content`, (request) => ({ json: page('65539', request.json.title) })],
  ['GET', host, `${wiki}/content/{id}`, (request) => ({ json: page(request.parameters.id) })],
  ['PUT', host, `${wiki}/content/{id}`, (request) => ({ json: page(request.parameters.id, request.json.title) })],
  ['DELETE', host, `${wiki}/content/{id}`, () => ({ status: 204 })],
  ['POST', host, `${wiki}/content/{id}/child/attachment`, (request) => {
    const sent = request.parts.find((part) => part.name === 'file');
    request.keep(sent.filename, sent.bytes);
    return { json: { results: [{ id: 'att1', type: 'attachment', status: 'current', title: sent.filename }], start: 0, limit: 1, size: 1, _links: {} } };
  }],
  ['GET', host, `${wiki}/content/{id}/child/attachment/{attachment}/download`, () => ({ bytes: content(5000), headers: { 'content-disposition': 'attachment; filename="plan.docx"' } })],
  ['GET', host, `${wiki}/content/search`, () => ({ json: { results: [page('65538')], start: 0, limit: 25, size: 1, _links: {} } })],
  ['POST', host, `${wiki}/space`, (request) => ({ json: { id: 1, key: request.json.key, name: request.json.name, type: 'global', status: 'current' } })],
  ['DELETE', host, `${wiki}/space/{key}`, () => ({ status: 202, json: { id: '1', links: { status: '/longtask/1' } } })],
  ['POST', host, `${wiki}/space/{key}/permission`, () => ({ json: { id: 1 } })],
  ['POST', host, `${wiki}/group/userByGroupId`, () => ({ status: 201 })],
];
