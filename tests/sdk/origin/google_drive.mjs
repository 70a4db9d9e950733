import { content } from './content.mjs';

export const source = '@googleapis/drive 22.0.0 (npm): build/v3.d.ts (Schema$File, Schema$Permission) and the resumable protocol that its comments name';
export const hosts = ['www.googleapis.com', 'oauth2.googleapis.com'];

const host = 'www.googleapis.com';
const file = (id, name, size, more = {}) => ({
  kind: 'drive#file', id, name, mimeType: 'application/pdf', size: String(size), md5Checksum: 'd41d8cd98f00b204e9800998ecf8427e',
  parents: ['0AFOLDERROOT'], createdTime: '2026-11-26T10:00:00.000Z', modifiedTime: '2026-11-26T10:00:00.000Z', trashed: false,
  webViewLink: `https://drive.google.com/file/d/${id}/view`, capabilities: { canDownload: true }, ...more,
});
const folder = (id, name) => ({ ...file(id, name, 0), size: undefined, mimeType: 'application/vnd.google-apps.folder' });
const sessions = new Map();

function resumed(request) {
  const session = sessions.get(request.query.get('upload_id'));
  const [, , last, size] = /bytes (\d+)-(\d+)\/(\d+|\*)/.exec(request.headers['content-range'] ?? `bytes 0-${request.body.length - 1}/${request.body.length}`);
  session.parts.push(request.body);
  if (Number(last) + 1 !== Number(size)) return { status: 308, headers: { range: `bytes=0-${last}` } };
  const whole = Buffer.concat(session.parts);
  request.keep(session.metadata.name, whole);
  return { json: file('1ResumedFileOfManyParts0123456789A', session.metadata.name, whole.length) };
}

export const routes = [
  ['POST', 'oauth2.googleapis.com', '/token', () => ({ json: { access_token: 'ya29.test', expires_in: 3599, scope: 'https://www.googleapis.com/auth/drive', token_type: 'Bearer' } })],
  ['GET', host, '/drive/v3/about', () => ({ json: { kind: 'drive#about', user: { kind: 'drive#user', displayName: 'Ana', emailAddress: 'ana@example.org' }, storageQuota: { limit: '100', usage: '1' } } })],
  ['POST,PUT', host, '/upload/drive/v3/files', (request) => {
    if (request.query.has('upload_id')) return resumed(request);
    const type = request.query.get('uploadType');
    if (type === 'resumable') {
      const id = `resume-${sessions.size}`;
      sessions.set(id, { metadata: request.json, parts: [], size: Number(request.headers['x-upload-content-length'] ?? 0) });
      return { headers: { location: `https://www.googleapis.com/upload/drive/v3/files?uploadType=resumable&upload_id=${id}`, 'x-guploader-uploadid': id } };
    }
    const [metadata, media] = request.parts;
    const { name } = JSON.parse(metadata.bytes.toString());
    request.keep(name, media.bytes);
    return { json: file('1AbCdEfGhIjKlMnOpQrStUvWxYz012345', name, media.bytes.length) };
  }],
  ['GET', host, '/drive/v3/files', (request) => {
    // Of the query language what rclone asks for: folders only, or a name.
    const asked = request.query.get('q') ?? '';
    const [, name] = /name='([^']*)'/.exec(asked) ?? [];
    const none = asked.includes("mimeType='application/vnd.google-apps.folder'") || (name && name !== 'stored.pdf');
    return { json: { kind: 'drive#fileList', incompleteSearch: false, files: none ? [] : [file('1StoredFile', 'stored.pdf', 5000)] } };
  }],
  ['POST', host, '/drive/v3/files', (request) => ({ json: folder('1NewFolderId', request.json.name) })],
  ['GET', host, '/drive/v3/files/{id}', (request) => request.query.get('alt') === 'media'
    ? { bytes: content(5000), headers: { 'content-type': 'application/pdf', 'content-disposition': 'attachment; filename="stored.pdf"' } }
    : { json: request.parameters.id === 'root' ? folder('0AFOLDERROOT', 'My Drive') : file(request.parameters.id, 'stored.pdf', 5000) }],
  ['GET', host, '/drive/v3/files/{id}/export', () => ({ bytes: content(5000), headers: { 'content-type': 'application/pdf' } })],
  ['PATCH', host, '/drive/v3/files/{id}', (request) => ({ json: file(request.parameters.id, request.json.name ?? 'stored.pdf', 5000, request.json) })],
  ['DELETE', host, '/drive/v3/files/{id}', () => ({ status: 204 })],
  ['POST', host, '/drive/v3/files/{id}/copy', (request) => ({ json: file('1TheCopy', request.json.name ?? 'Copy of stored.pdf', 5000) })],
  ['POST', host, '/drive/v3/files/{id}/permissions', (request) => ({ json: { kind: 'drive#permission', id: '0123', ...request.json } })],
  ['PATCH', host, '/drive/v3/files/{id}/permissions/{permission}', (request) => ({ json: { kind: 'drive#permission', id: request.parameters.permission, type: 'user', ...request.json } })],
  ['DELETE', host, '/drive/v3/files/{id}/permissions/{permission}', () => ({ status: 204 })],
  ['POST', host, '/drive/v3/files/{id}/comments', (request) => ({ json: { kind: 'drive#comment', id: 'AAAA', content: request.json.content } })],
  ['POST', host, '/drive/v3/drives', (request) => ({ json: { kind: 'drive#drive', id: '0ASHARED', name: request.json.name } })],
];
