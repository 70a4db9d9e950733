import { content } from './content.mjs';

export const source = '@microsoft/microsoft-graph-client 3.0.7 (npm): src/tasks/LargeFileUploadTask, and @microsoft/microsoft-graph-types 2.43';
export const hosts = ['graph.microsoft.com', 'example-my.sharepoint.com'];

const host = 'graph.microsoft.com';
const my = 'example-my.sharepoint.com';
const item = (id, name, size, more = {}) => ({
  id, name, size, eTag: '"{1},1"', createdDateTime: '2026-11-26T10:00:00Z', lastModifiedDateTime: '2026-11-26T10:00:00Z', file: { mimeType: 'application/pdf' },
  parentReference: { driveId: 'b!drive', driveType: 'business', id: '01PARENT', path: '/drives/b!drive/root:/Reports' },
  webUrl: `https://${my}/personal/ana_example_org/Documents/${name}`, ...more,
});
const sessions = new Map();
const root = { id: '01ROOT', name: 'root', size: 0, folder: { childCount: 1 }, root: {}, parentReference: { driveId: 'b!drive', driveType: 'business' } };
const found = (name) => name === 'report.pdf' ? { json: item('01FILE', name, 5000) } : { status: 404, json: { error: { code: 'itemNotFound', message: 'The resource could not be found.' } } };
const download = `https://${my}/personal/ana_example_org/_layouts/15/download.aspx?UniqueId=73adf0d6-0000&Translate=false&tempauth=v1.x&ApiVersion=2.0`;
function open_session(request) {
  const id = `guid-${sessions.size}`;
  sessions.set(id, { name: request.parameters.name, parts: [] });
  return {
    json: {
      uploadUrl: `https://${my}/personal/ana_example_org/_api/v2.0/drives/b!drive/items/01BIG/uploadSession?guid='${id}'&tempauth=v1.x`,
      expirationDateTime: '2026-11-27T10:00:00Z', nextExpectedRanges: ['0-'],
    },
  };
}
const create_link = (request) => ({
  status: 201, json: { id: '123ABC', roles: ['read'], link: { type: request.json.type, scope: request.json.scope, webUrl: `https://${my}/:b:/g/personal/x` } },
});
const sent = () => ({ status: 202 });

export const routes = [
  // As rclone addresses a drive: by its id, and items by their place below another.
  ['GET', host, '/v1.0/drives/{drive}', (request) => ({ json: { id: request.parameters.drive, driveType: 'business', quota: { total: 100, used: 1 } } })],
  ['GET', host, '/v1.0/drives/{drive}/root', () => ({ json: root })],
  ['GET', host, '/v1.0/drives/{drive}/root:/{name}', (request) => found(request.parameters.name)],
  ['GET', host, '/v1.0/drives/{drive}/items/{id}:/{name}', (request) => found(request.parameters.name.replace(/:$/, ''))],
  ['GET', host, '/v1.0/drives/{drive}/items/{id}/children', () => ({ json: { value: [item('01FILE', 'report.pdf', 5000)] } })],
  ['PUT', host, '/v1.0/drives/{drive}/items/{id}:/{name}:/content', (request) => {
    request.keep(request.parameters.name, request.body);
    return { status: 201, json: item('01UPLOADED', request.parameters.name, request.body.length) };
  }],
  ['POST', host, '/v1.0/drives/{drive}/items/{id}:/{name}:/createUploadSession', open_session],
  ['PATCH', host, '/v1.0/drives/{drive}/items/{id}', (request) => ({ json: item(request.parameters.id, 'report.pdf', 5000) })],
  ['GET', host, '/v1.0/drives/{drive}/items/{id}/content', () => ({ status: 302, headers: { location: download } })],
  ['POST', host, '/v1.0/drives/{drive}/items/{id}/createLink', create_link],
  ['DELETE', host, '/v1.0/drives/{drive}/items/{id}', () => ({ status: 204 })],
  ['GET', host, '/v1.0/me', () => ({ json: { id: '48d31887-5fad-4d73-a9f5-3c356e68a038', displayName: 'Ana', mail: 'ana@example.org', userPrincipalName: 'ana@example.org' } })],
  ['PUT', host, '/v1.0/me/drive/root:/{folder}/{name}:/content', (request) => {
    request.keep(request.parameters.name, request.body);
    return { status: 201, json: item('01UPLOADED', request.parameters.name, request.body.length) };
  }],
  ['POST', host, '/v1.0/me/drive/root:/{folder}/{name}:/createUploadSession', open_session],
  ['PUT', my, '/personal/{user}/_api/v2.0/drives/{drive}/items/{id}/uploadSession', (request) => {
    const session = sessions.get(request.query.get('guid').replaceAll("'", ''));
    session.parts.push(request.body);
    const [, , last, size] = /bytes (\d+)-(\d+)\/(\d+)/.exec(request.headers['content-range']);
    if (Number(last) + 1 < Number(size)) return { status: 202, json: { expirationDateTime: '2026-11-27T10:00:00Z', nextExpectedRanges: [`${Number(last) + 1}-`] } };
    const whole = Buffer.concat(session.parts);
    request.keep(session.name, whole);
    return { status: 201, json: item('01BIG', session.name, whole.length) };
  }],
  ['GET', host, '/v1.0/me/drive/items/{id}/content', () => ({ status: 302, headers: { location: download } })],
  ['GET', my, '/personal/{user}/_layouts/15/download.aspx', () => ({ bytes: content(5000), headers: { 'content-disposition': 'attachment;filename*=UTF-8\'\'report.pdf;filename="report.pdf"', 'content-type': 'application/pdf' } })],
  ['GET', host, '/v1.0/me/drive/root/children', () => ({ json: { value: [item('01FILE', 'report.pdf', 5000)] } })],
  ['POST', host, '/v1.0/me/drive/root/children', (request) => ({ status: 201, json: item('01NEWFOLDER', request.json.name, 0, { folder: { childCount: 0 }, file: undefined }) })],
  ['PATCH', host, '/v1.0/me/drive/items/{id}', (request) => ({ json: item(request.parameters.id, request.json.name ?? 'report.pdf', 5000) })],
  ['DELETE', host, '/v1.0/me/drive/items/{id}', () => ({ status: 204 })],
  ['POST', host, '/v1.0/me/drive/items/{id}/copy', () => ({ status: 202, headers: { location: `https://${my}/_api/v2.0/monitor/1` } })],
  ['POST', host, '/v1.0/me/drive/items/{id}/createLink', create_link],
  ['POST', host, '/v1.0/me/drive/items/{id}/invite', (request) => ({ json: { value: request.json.recipients.map(({ email }) => ({ id: 'p1', roles: request.json.roles, grantedTo: { user: { displayName: email } } })) } })],
  ['DELETE', host, '/v1.0/me/drive/items/{id}/permissions/{permission}', () => ({ status: 204 })],
  ['POST', host, '/v1.0/me/sendMail', sent],
  ['GET', host, '/v1.0/me/messages', () => ({ json: { value: [{ id: 'AAMkAD', subject: 'hello' }] } })],
  ['DELETE', host, '/v1.0/me/messages/{id}', () => ({ status: 204 })],
  ['POST', host, '/v1.0/me/messages/{id}/forward', sent],
  ['POST', host, '/v1.0/me/events', (request) => ({ status: 201, json: { id: 'AAEvent', ...request.json } })],
  ['POST', host, '/v1.0/teams/{team}/channels/{channel}/messages', (request) => ({ status: 201, json: { id: '1616990032035', messageType: 'message', body: request.json.body } })],
  ['POST', host, '/v1.0/chats/{chat}/messages', (request) => ({ status: 201, json: { id: '1616991463150', messageType: 'message', body: request.json.body, chatId: request.parameters.chat } })],
  ['POST', host, '/v1.0/users', (request) => ({ status: 201, json: { id: '87d349ed', ...request.json, passwordProfile: null } })],
  ['DELETE', host, '/v1.0/users/{id}', () => ({ status: 204 })],
  ['POST', host, '/v1.0/invitations', (request) => ({ status: 201, json: { id: '7b92124c', status: 'PendingAcceptance', ...request.json } })],
  ['POST', host, '/v1.0/groups/{id}/members/$ref', () => ({ status: 204 })],
  ['POST', host, '/v1.0/$batch', (request) => ({ json: { responses: request.json.requests.map(({ id, method }) => ({ id, status: method === 'GET' ? 200 : 202, body: method === 'GET' ? { value: [] } : undefined })) } })],
];
