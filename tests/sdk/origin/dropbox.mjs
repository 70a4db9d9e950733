import { content } from './content.mjs';

export const source = 'dropbox 10.34.0 (npm): lib/routes.js, types/dropbox_types.d.ts';
export const hosts = ['api.dropboxapi.com', 'content.dropboxapi.com'];

const argument = (request) => JSON.parse(request.headers['dropbox-api-arg'] ?? '{}');
const base = (path) => path.slice(path.lastIndexOf('/') + 1);
const file = (path, size) => ({
  '.tag': 'file', name: base(path), id: 'id:a4ayc_80_OEAAAAAAAAAYa', client_modified: '2026-11-26T10:00:00Z',
  server_modified: '2026-11-26T10:00:00Z', rev: '016000000001af2', size, path_lower: path.toLowerCase(),
  path_display: path, is_downloadable: true,
});
const folder = (path) => ({
  '.tag': 'folder', name: base(path), id: 'id:a4ayc_80_OEAAAAAAAAAXz', path_lower: path.toLowerCase(), path_display: path,
});
const sessions = new Map();
const folders = ['', '/Q3', '/Q4', '/Archive'];
const files = new Map([['/q3/report.pdf', 5000], ['/q3/old.pdf', 5000], ['/q3/stored.pdf', 5000]]);
const not_found = { status: 409, json: { error_summary: 'path/not_found/..', error: { '.tag': 'path', path: { '.tag': 'not_found' } } } };
const keep = (request, path, bytes) => {
  request.keep(base(path), bytes);
  files.set(path.toLowerCase(), bytes.length);
  return file(path, bytes.length);
};
const api = 'api.dropboxapi.com';
const store = 'content.dropboxapi.com';

export const routes = [
  ['POST', store, '/2/files/upload', (request) => {
    const { path } = argument(request);
    return { json: keep(request, path, request.body) };
  }],
  ['POST', store, '/2/files/upload_session/start', (request) => {
    const id = `session-${sessions.size + 1}`;
    sessions.set(id, [request.body]);
    return { json: { session_id: id } };
  }],
  ['POST', store, '/2/files/upload_session/append_v2', (request) => {
    sessions.get(argument(request).cursor.session_id).push(request.body);
    return { json: null };
  }],
  ['POST', store, '/2/files/upload_session/finish', (request) => {
    const { cursor, commit } = argument(request);
    const whole = Buffer.concat([...sessions.get(cursor.session_id), request.body]);
    return { json: keep(request, commit.path, whole) };
  }],
  ['POST', api, '/2/files/upload_session/finish_batch_v2', (request) => ({
    json: {
      entries: request.json.entries.map(({ cursor, commit }) => ({
        ...keep(request, commit.path, Buffer.concat(sessions.get(cursor.session_id))), '.tag': 'success',
      })),
    },
  })],
  ['POST', api, '/2/files/upload_session/finish_batch', (request) => {
    const entries = request.json.entries.map(({ cursor, commit }) => ({
      ...keep(request, commit.path, Buffer.concat(sessions.get(cursor.session_id))), '.tag': 'success',
    }));
    return { json: { '.tag': 'complete', entries } };
  }],
  ['POST', store, '/2/files/download', (request) => {
    const { path } = argument(request);
    return { bytes: content(5000), headers: { 'dropbox-api-result': JSON.stringify(file(path, 5000)) } };
  }],
  ['POST', api, '/2/files/list_folder', () => ({
    json: { entries: [file('/Q3/report.pdf', 5000)], cursor: 'AAF', has_more: false },
  })],
  ['POST', api, '/2/files/get_metadata', (request) => {
    const { path } = request.json;
    if (folders.includes(path)) return { json: folder(path) };
    return files.has(path.toLowerCase()) ? { json: file(path, files.get(path.toLowerCase())) } : not_found;
  }],
  ['POST', api, '/2/files/search_v2', () => ({ json: { matches: [], has_more: false } })],
  ['POST', api, '/2/files/create_folder_v2', (request) => ({ json: { metadata: folder(request.json.path) } })],
  ['POST', api, '/2/files/delete_v2', (request) => ({ json: { metadata: file(request.json.path, 5000) } })],
  ['POST', api, '/2/files/move_v2', (request) => ({ json: { metadata: file(request.json.to_path, 5000) } })],
  ['POST', api, '/2/files/copy_v2', (request) => ({ json: { metadata: file(request.json.to_path, 5000) } })],
  ['POST', api, '/2/sharing/create_shared_link_with_settings', (request) => ({
    json: {
      '.tag': 'file', url: 'https://www.dropbox.com/scl/fi/abc/report.pdf?dl=0', name: base(request.json.path),
      id: 'id:a4ayc_80_OEAAAAAAAAAYa', path_lower: request.json.path.toLowerCase(),
      link_permissions: { can_revoke: true, resolved_visibility: { '.tag': 'public' } },
    },
  })],
  ['POST', api, '/2/sharing/revoke_shared_link', () => ({ json: null })],
  ['POST', api, '/2/sharing/add_folder_member', () => ({ json: null })],
  ['POST', api, '/2/sharing/add_file_member', (request) => ({
    json: request.json.members.map((member) => ({ member, result: { '.tag': 'success', success: { '.tag': 'viewer' } } })),
  })],
  ['POST', api, '/2/sharing/share_folder', (request) => ({
    json: {
      '.tag': 'complete', access_type: { '.tag': 'owner' }, name: base(request.json.path), shared_folder_id: '84528192421',
      path_lower: request.json.path.toLowerCase(), is_inside_team_folder: false, is_team_folder: false,
      policy: { acl_update_policy: { '.tag': 'owner' }, shared_link_policy: { '.tag': 'anyone' } },
      preview_url: 'https://www.dropbox.com/scl/fo/fir9vjelf', time_invited: '2026-11-26T10:00:00Z',
    },
  })],
  ['POST', api, '/2/users/get_current_account', () => ({
    json: {
      account_id: 'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc', email: 'ana@example.org', email_verified: true,
      name: { given_name: 'Ana', surname: 'Ilic', familiar_name: 'Ana', display_name: 'Ana Ilic', abbreviated_name: 'AI' },
      disabled: false, locale: 'en', is_paired: false, account_type: { '.tag': 'business' },
      root_info: { '.tag': 'user', root_namespace_id: '3235641', home_namespace_id: '3235641' },
    },
  })],
  ['POST', api, '/2/team/members/add_v2', (request) => ({
    json: { '.tag': 'complete', complete: request.json.new_members.map(() => ({ '.tag': 'success' })) },
  })],
];
