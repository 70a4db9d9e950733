import crypto from 'node:crypto';
import { content } from './content.mjs';

export const source = 'box-node-sdk 10.12.0 (npm): lib/managers/*.js and the deserializers of lib/schemas/*.js, which refuse what Box would not send';
export const hosts = ['api.box.com', 'upload.box.com', 'dl.boxcloud.com'];

const user = { type: 'user', id: '33224412', name: 'Ana Ilic', login: 'ana@example.org' };
const root = { type: 'folder', id: '0', sequence_id: null, etag: null, name: 'All Files' };
const folder = (id, name) => ({
  type: 'folder', id, sequence_id: '0', etag: '0', name, created_at: '2026-11-26T10:00:00-08:00', modified_at: '2026-11-26T10:00:00-08:00',
  size: 0, path_collection: { total_count: 1, entries: [root] }, created_by: user, modified_by: user, owned_by: user,
  item_status: 'active', item_collection: { total_count: 0, entries: [], limit: 100, offset: 0, order: [] }, parent: root,
});
const file = (id, name, size, more = {}) => ({
  type: 'file', id, sequence_id: '0', etag: '0', name, size, sha1: '85136c79cbf9fe36bb9d05d0639c70c265c18d37',
  file_version: { type: 'file_version', id: '26261748416', sha1: '85136c79cbf9fe36bb9d05d0639c70c265c18d37' },
  description: '', path_collection: { total_count: 1, entries: [root] }, created_at: '2026-11-26T10:00:00-08:00',
  modified_at: '2026-11-26T10:00:00-08:00', created_by: user, modified_by: user, owned_by: user, shared_link: null, parent: root,
  item_status: 'active', ...more,
});
const files = (one) => ({ total_count: 1, entries: [one] });
const sessions = new Map();
const part_size = 8388608;
const api = 'api.box.com';
const up = 'upload.box.com';

export const routes = [
  ['POST', api, '/oauth2/token', () => ({ json: { access_token: 'test', expires_in: 4169, token_type: 'bearer', restricted_to: [] } })],
  ['GET', api, '/2.0/users/me', () => ({ json: user })],
  ['OPTIONS', api, '/2.0/files/content{slash...}', () => ({ json: { upload_url: 'https://upload.box.com/api/2.0/files/content', upload_token: 'test' } })],
  ['POST', up, '/api/2.0/files/content', (request) => {
    const attributes = JSON.parse(request.parts.find((part) => part.name === 'attributes').bytes.toString());
    const sent = request.parts.find((part) => part.filename !== undefined);
    request.keep(attributes.name, sent.bytes);
    return { status: 201, json: files(file('12345', attributes.name, sent.bytes.length)) };
  }],
  ['POST', up, '/api/2.0/files/{id}/content', (request) => {
    const sent = request.parts.find((part) => part.filename !== undefined);
    request.keep('report.pdf', sent.bytes);
    return { status: 201, json: files(file(request.parameters.id, 'report.pdf', sent.bytes.length)) };
  }],
  ['POST', up, '/api/2.0/files/upload_sessions', (request) => {
    const { file_name, file_size } = request.json;
    const id = `F971964745A5CD0C001BBE4E58196BF${sessions.size}`;
    sessions.set(id, { file_name, parts: [] });
    const at = `https://upload.box.com/api/2.0/files/upload_sessions/${id}`;
    return {
      status: 201, json: {
        id, type: 'upload_session', session_expires_at: '2026-12-03T10:00:00Z', part_size,
        total_parts: Math.ceil(file_size / part_size), num_parts_processed: 0,
        session_endpoints: { upload_part: at, commit: at + '/commit', abort: at, list_parts: at + '/parts', status: at, log_event: at + '/log' },
      },
    };
  }],
  ['PUT', up, '/api/2.0/files/upload_sessions/{id}', (request) => {
    const { parts } = sessions.get(request.parameters.id);
    const [, offset] = /bytes (\d+)-/.exec(request.headers['content-range']);
    const part = {
      part_id: `BFDF5${parts.length}79`, offset: Number(offset), size: request.body.length,
      sha1: crypto.createHash('sha1').update(request.body).digest('hex'),
    };
    parts.push({ ...part, body: request.body });
    return { json: { part } };
  }],
  ['GET', up, '/api/2.0/files/upload_sessions/{id}/parts', (request) => {
    const parts = sessions.get(request.parameters.id).parts.map(({ body, ...part }) => part);
    return { json: { entries: parts, limit: 1000, offset: 0, order: [{ by: 'type', direction: 'ASC' }], total_count: parts.length } };
  }],
  ['GET', up, '/api/2.0/files/upload_sessions/{id}', (request) => {
    const { parts } = sessions.get(request.parameters.id);
    return { json: { id: request.parameters.id, type: 'upload_session', part_size, total_parts: parts.length, num_parts_processed: parts.length } };
  }],
  ['POST', up, '/api/2.0/files/upload_sessions/{id}/commit', (request) => {
    const { file_name, parts } = sessions.get(request.parameters.id);
    const whole = Buffer.concat(parts.sort((one, two) => one.offset - two.offset).map((part) => part.body));
    request.keep(file_name, whole);
    return { status: 201, json: files(file('67890', file_name, whole.length)) };
  }],
  ['GET', api, '/2.0/files/{id}/content', (request) => ({
    status: 302, headers: { location: `https://dl.boxcloud.com/d/1/b1!${request.parameters.id}/download` },
  })],
  ['GET', 'dl.boxcloud.com', '/d/1/{ticket}/download', () => ({
    bytes: content(5000), headers: { 'content-disposition': 'attachment;filename="report.pdf";filename*=UTF-8\'\'report.pdf' },
  })],
  ['GET', api, '/2.0/folders/{id}/items', () => ({
    json: {
      total_count: 2, limit: 1000, offset: 0, order: [{ by: 'type', direction: 'ASC' }],
      entries: [folder('8898', 'Q3'), file('12345', 'report.pdf', 5000)],
    },
  })],
  ['GET', api, '/2.0/folders/{id}', (request) => ({ json: folder(request.parameters.id, 'Q3') })],
  ['POST', api, '/2.0/folders', (request) => ({ status: 201, json: folder('8899', request.json.name) })],
  ['DELETE', api, '/2.0/folders/{id}', () => ({ status: 204 })],
  ['DELETE', api, '/2.0/files/{id}', () => ({ status: 204 })],
  ['POST', api, '/2.0/files/{id}/copy', (request) => ({ status: 201, json: file('12346', request.json.name ?? 'report.pdf', 5000) })],
  ['GET', api, '/2.0/files/{id}', (request) => ({ json: file(request.parameters.id, 'report.pdf', 5000) })],
  ['PUT', api, '/2.0/files/{id}', (request) => {
    const { name, shared_link } = request.json;
    const link = shared_link && {
      url: 'https://app.box.com/s/vspke7y05sb214wjokpk', effective_access: shared_link.access ?? 'open', effective_permission: 'can_download',
      is_password_enabled: false, download_count: 0, preview_count: 0, access: shared_link.access ?? 'open',
    };
    return { json: file(request.parameters.id, name ?? 'report.pdf', 5000, { shared_link: link ?? null }) };
  }],
  ['POST', api, '/2.0/collaborations', (request) => {
    const { item, role, accessible_by } = request.json;
    return {
      status: 201, json: {
        type: 'collaboration', id: '12345678', role, status: 'pending', invite_email: accessible_by.login ?? null, accessible_by: null,
        item: item.type === 'folder' ? folder(item.id, 'Q3') : file(item.id, 'report.pdf', 5000), created_by: user,
        created_at: '2026-11-26T10:00:00-08:00', modified_at: '2026-11-26T10:00:00-08:00',
      },
    };
  }],
  ['DELETE', api, '/2.0/collaborations/{id}', () => ({ status: 204 })],
  ['POST', api, '/2.0/comments', (request) => ({
    status: 201, json: { type: 'comment', id: '191969', is_reply_comment: false, message: request.json.message, created_by: user,
      created_at: '2026-11-26T10:00:00-08:00', item: { type: 'file', id: request.json.item.id } },
  })],
  ['POST', api, '/2.0/users', (request) => ({
    status: 201, json: { type: 'user', id: '181216415', name: request.json.name, login: request.json.login, role: 'user' },
  })],
];
