import { content } from './content.mjs';

export const source = '@gitbeaker/core 43.8 (npm): dist/index.d.ts (schemas of each resource)';
export const hosts = ['gitlab.com'];

const host = 'gitlab.com';
const v4 = '/api/v4';
const project = (id, name, more = {}) => ({ id: Number(id) || 5, name, path: name, path_with_namespace: `example/${name}`, visibility: 'private', web_url: `https://gitlab.com/example/${name}`, default_branch: 'main', ...more });
const issue = (iid, title, more = {}) => ({ id: 9000 + Number(iid), iid: Number(iid), project_id: 5, title, state: 'opened', labels: [], author: { id: 7, username: 'ana' }, ...more });

export const routes = [
  ['GET', host, `${v4}/user`, () => ({ json: { id: 7, username: 'ana', email: 'ana@example.org' } })],
  ['POST', host, `${v4}/projects`, (request) => ({ status: 201, json: project(6, request.json.name, request.json) })],
  ['GET', host, `${v4}/projects/{id}`, () => ({ json: project(5, 'app') })],
  ['PUT', host, `${v4}/projects/{id}`, (request) => ({ json: project(5, 'app', request.json) })],
  ['DELETE', host, `${v4}/projects/{id}`, () => ({ status: 202, json: { message: '202 Accepted' } })],
  ['POST', host, `${v4}/projects/{id}/fork`, () => ({ status: 201, json: project(8, 'app') })],
  ['GET', host, `${v4}/projects/{id}/issues`, () => ({ json: [issue(1, 'It fails')] })],
  ['POST', host, `${v4}/projects/{id}/issues`, (request) => ({ status: 201, json: issue(14, request.json.title) })],
  ['PUT', host, `${v4}/projects/{id}/issues/{iid}`, (request) => ({ json: issue(request.parameters.iid, 'It fails', { state: 'closed' }) })],
  ['POST', host, `${v4}/projects/{id}/issues/{iid}/notes`, (request) => ({ status: 201, json: { id: 302, body: request.json.body, author: { id: 7 } } })],
  ['POST', host, `${v4}/projects/{id}/merge_requests`, (request) => ({ status: 201, json: issue(20, request.json.title) })],
  ['PUT', host, `${v4}/projects/{id}/merge_requests/{iid}/merge`, (request) => ({ json: issue(request.parameters.iid, 'Mend it', { state: 'merged' }) })],
  ['POST', host, `${v4}/projects/{id}/members`, (request) => ({ status: 201, json: { id: request.json.user_id, username: 'eve', access_level: request.json.access_level } })],
  ['DELETE', host, `${v4}/projects/{id}/members/{user}`, () => ({ status: 204 })],
  ['POST', host, `${v4}/projects/{id}/invitations`, () => ({ status: 201, json: { status: 'success' } })],
  ['POST', host, `${v4}/projects/{id}/uploads`, (request) => {
    const sent = request.parts.find((part) => part.filename);
    request.keep(sent.filename, sent.bytes);
    return { status: 201, json: { id: 1, alt: sent.filename, url: `/uploads/66dbcd21/${sent.filename}`, full_path: `/-/project/5/uploads/66dbcd21/${sent.filename}`, markdown: `![](${sent.filename})` } };
  }],
  ['GET', host, `${v4}/projects/{id}/repository/archive.{format}`, () => ({ bytes: content(5000), headers: { 'content-disposition': 'attachment; filename="app-main.tar.gz"' } })],
  ['POST', host, `${v4}/projects/{id}/repository/files/{path...}`, (request) => {
    request.keep(request.parameters.path, Buffer.from(request.json.content, request.json.encoding === 'base64' ? 'base64' : 'utf8'));
    return { status: 201, json: { file_path: request.parameters.path, branch: request.json.branch } };
  }],
  ['DELETE', host, `${v4}/projects/{id}/repository/files/{path...}`, () => ({ status: 204 })],
  ['POST', host, `${v4}/projects/{id}/repository/branches`, (request) => ({ status: 201, json: { name: request.json.branch ?? request.query.get('branch') } })],
  ['POST', host, `${v4}/projects/{id}/variables`, (request) => ({ status: 201, json: request.json })],
  ['POST', host, `${v4}/projects/{id}/hooks`, (request) => ({ status: 201, json: { id: 1, url: request.json.url, project_id: 5 } })],
  ['POST', host, `${v4}/snippets`, (request) => ({ status: 201, json: { id: 77, title: request.json.title, visibility: request.json.visibility, web_url: 'https://gitlab.com/-/snippets/77' } })],
];
