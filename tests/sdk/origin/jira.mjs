import { content } from './content.mjs';

export const source = 'jira.js 5.4.0 (npm): dist/esm/version3 (its schemas check each answer)';
export const hosts = ['example.atlassian.net'];

const host = 'example.atlassian.net';
const v3 = '/rest/api/3';
const self = 'https://example.atlassian.net/rest/api/3';
const ana = { self: `${self}/user?accountId=5b10a2844c20165700ede21g`, accountId: '5b10a2844c20165700ede21g', accountType: 'atlassian', displayName: 'Ana', active: true, timeZone: 'Europe/Zagreb', emailAddress: 'ana@example.org' };
const issue = (key) => ({ id: '10002', key, self: `${self}/issue/10002`, expand: '', fields: { summary: 'It fails', status: { name: 'To Do' } } });

export const routes = [
  ['GET', host, `${v3}/myself`, () => ({ json: ana })],
  ['POST', host, `${v3}/issue`, () => ({ status: 201, json: { id: '10002', key: 'APP-24', self: `${self}/issue/10002` } })],
  ['GET', host, `${v3}/issue/{key}`, (request) => ({ json: issue(request.parameters.key) })],
  ['PUT', host, `${v3}/issue/{key}`, () => ({ status: 204 })],
  ['DELETE', host, `${v3}/issue/{key}`, () => ({ status: 204 })],
  ['POST', host, `${v3}/issue/{key}/comment`, (request) => ({ status: 201, json: { self: `${self}/issue/10002/comment/10000`, id: '10000', author: ana, body: request.json.body, created: '2026-11-26T10:00:00.000+0000', updated: '2026-11-26T10:00:00.000+0000' } })],
  ['POST', host, `${v3}/issue/{key}/transitions`, () => ({ status: 204 })],
  ['PUT', host, `${v3}/issue/{key}/assignee`, () => ({ status: 204 })],
  ['POST', host, `${v3}/issue/{key}/attachments`, (request) => {
    const sent = request.parts.find((part) => part.filename);
    request.keep(sent.filename, sent.bytes);
    return { json: [{ self: `${self}/attachment/10001`, id: '10001', filename: sent.filename, author: ana, created: '2026-11-26T10:00:00.000+0000', size: sent.bytes.length, mimeType: 'image/png', content: `${self}/attachment/content/10001` }] };
  }],
  ['GET', host, `${v3}/attachment/content/{id}`, () => ({ bytes: content(5000), headers: { 'content-disposition': 'attachment; filename="screen.png"', 'content-type': 'image/png' } })],
  ['GET,POST', host, `${v3}/search/jql`, () => ({ json: { isLast: true, issues: [issue('APP-24')] } })],
  ['POST', host, `${v3}/project`, (request) => ({ status: 201, json: { id: 10010, key: request.json.key, self: `${self}/project/10010` } })],
  ['DELETE', host, `${v3}/project/{key}`, () => ({ status: 204 })],
  ['POST', host, `${v3}/project/{key}/role/{id}`, () => ({ json: { self, id: 10002, name: 'Administrators', actors: [] } })],
  ['POST', host, `${v3}/user`, (request) => ({ status: 201, json: { ...ana, accountId: 'new', emailAddress: request.json.emailAddress, displayName: 'New' } })],
  ['POST', host, `${v3}/group/user`, () => ({ status: 201, json: { name: 'admins', self, groupId: 'g1' } })],
  ['POST', host, `${v3}/filter/{id}/permission`, () => ({ status: 201, json: [{ id: 10000, type: 'global' }] })],
];
