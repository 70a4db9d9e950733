import { content } from './content.mjs';

export const source = 'RFC 4918 (WebDAV)';
export const hosts = ['webdav.pcloud.com'];

const made = new Map([['/Q3/stored.pdf', 5000]]);
const folders = new Set(['/', '/Q3', '/Q4', '/Archive']);
const trimmed = (path) => decodeURIComponent(path).replace(/(.)\/$/, '$1');

const entry = (path) => {
  const folder = folders.has(path);
  return `<D:response><D:href>${path}${folder && path !== '/' ? '/' : ''}</D:href><D:propstat><D:prop><D:displayname>${path.slice(path.lastIndexOf('/') + 1)}</D:displayname>` +
    '<D:getlastmodified>Thu, 26 Nov 2026 10:00:00 GMT</D:getlastmodified>' +
    (folder ? '<D:resourcetype><D:collection/></D:resourcetype>' : `<D:resourcetype/><D:getcontentlength>${made.get(path)}</D:getcontentlength>`) +
    '</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>';
};

export const routes = [
  ['PROPFIND', hosts[0], '/{rest...}', (request) => {
    const path = trimmed(request.path);
    if (!folders.has(path) && !made.has(path)) return { status: 404 };
    const below = request.headers.depth === '0' ? [] : [...made.keys()].filter((one) => folders.has(path) && one.startsWith(path === '/' ? '/' : path + '/'));
    return { status: 207, xml: `<D:multistatus xmlns:D="DAV:">${[path, ...below].map(entry).join('')}</D:multistatus>` };
  }],
  ['PUT', hosts[0], '/{rest...}', (request) => {
    const path = trimmed(request.path);
    made.set(path, request.body.length);
    request.keep(path.slice(path.lastIndexOf('/') + 1), request.body);
    return { status: 201 };
  }],
  ['GET', hosts[0], '/{rest...}', () => ({ bytes: content(5000), headers: { 'content-type': 'application/pdf' } })],
  ['MKCOL', hosts[0], '/{rest...}', (request) => {
    folders.add(trimmed(request.path));
    return { status: 201 };
  }],
  ['MOVE', hosts[0], '/{rest...}', (request) => {
    made.set(trimmed(new URL(request.headers.destination).pathname), 5000);
    return { status: 201 };
  }],
  ['DELETE', hosts[0], '/{rest...}', () => ({ status: 204 })],
];
