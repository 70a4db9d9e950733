import crypto from 'node:crypto';
import { content } from './content.mjs';

export const source = 'yandex.com/dev/disk/api, docs.pcloud.com, backblaze.com/apidocs, as rclone 1.60 reads them (backend/{yandex,pcloud,b2}/api/types.go)';
export const hosts = ['cloud-api.yandex.com', 'uploader1.disk.yandex.net', 'downloader.disk.yandex.ru', 'api.pcloud.com', 'p-par1.pcloud.com', 'api.backblazeb2.com', 'api001.backblazeb2.com', 'pod-000-1007-13.backblazeb2.com', 'f001.backblazeb2.com'];

const sha1 = (bytes) => crypto.createHash('sha1').update(bytes).digest('hex');
const md5 = (bytes) => crypto.createHash('md5').update(bytes).digest('hex');
const base = (path) => path.slice(path.lastIndexOf('/') + 1);

// Yandex Disk.
const yandex = 'cloud-api.yandex.com';
const held = new Map([['disk:/stored.pdf', content(5000)]]);
const at = (request) => request.query.get('path').replace(/^disk:\/*|^\/*/, 'disk:/').replace(/([^:])\/$/, '$1');
const resource = (path, bytes) => ({ name: base(path), path, type: 'file', size: bytes.length, md5: md5(bytes), mime_type: 'application/pdf', created: '2026-11-26T10:00:00+00:00', modified: '2026-11-26T10:00:00+00:00', public_url: 'https://yadi.sk/i/abc' });
const not_found = { status: 404, json: { error: 'DiskNotFoundError', description: 'Resource not found.', message: 'not found' } };

// pCloud.
const pcloud = 'api.pcloud.com';
const file = (name, bytes, id) => ({ name, isfolder: false, isshared: false, ismine: true, fileid: id, id: `f${id}`, size: bytes.length, hash: 1, contenttype: 'application/pdf', parentfolderid: 0, created: 'Thu, 26 Nov 2026 10:00:00 +0000', modified: 'Thu, 26 Nov 2026 10:00:00 +0000' });
const root = () => ({ name: '/', isfolder: true, folderid: 0, id: 'd0', created: 'Thu, 26 Nov 2026 10:00:00 +0000', modified: 'Thu, 26 Nov 2026 10:00:00 +0000', contents: [file('stored.pdf', content(5000), 1001)] });

// Backblaze B2.
const b2 = 'api001.backblazeb2.com';
const v1 = '/b2api/v1';
const stored = (name, bytes) => ({ fileId: '4_zid', fileName: name, accountId: 'acc', bucketId: 'bid', action: 'upload', contentLength: bytes.length, size: bytes.length, contentSha1: sha1(bytes), contentType: 'application/pdf', fileInfo: {}, uploadTimestamp: 1764151200000 });

export const routes = [
  ['GET', yandex, '/v1/disk/resources', (request) => {
    const path = at(request);
    if (path === 'disk:/') return { json: { name: 'disk', path, type: 'dir', created: '2026-11-26T10:00:00+00:00', modified: '2026-11-26T10:00:00+00:00', _embedded: { path, sort: '', limit: 1000, offset: 0, total: 1, items: [...held].map(([name, bytes]) => resource(name, bytes)) } } };
    return held.has(path) ? { json: resource(path, held.get(path)) } : not_found;
  }],
  ['GET', yandex, '/v1/disk/resources/upload', (request) => ({ json: { operation_id: 'o', href: `https://uploader1.disk.yandex.net:443/upload-target/${encodeURIComponent(at(request))}`, method: 'PUT', templated: false } })],
  ['PUT', 'uploader1.disk.yandex.net', '/upload-target/{path}', (request) => {
    request.keep(base(request.parameters.path), request.body);
    held.set(request.parameters.path, request.body);
    return { status: 201 };
  }],
  ['PATCH', yandex, '/v1/disk/resources', (request) => ({ json: resource(at(request), held.get(at(request)) ?? Buffer.alloc(0)) })],
  ['GET', yandex, '/v1/disk/resources/download', (request) => ({ json: { href: `https://downloader.disk.yandex.ru/disk/hash/${encodeURIComponent(at(request))}?filename=${base(at(request))}&disposition=attachment`, method: 'GET', templated: false } })],
  ['GET', 'downloader.disk.yandex.ru', '/disk/hash/{path}', (request) => ({ bytes: held.get(request.parameters.path), headers: { 'content-disposition': 'attachment; filename="stored.pdf"' } })],
  ['PUT', yandex, '/v1/disk/resources/publish', (request) => ({ json: { href: `https://cloud-api.yandex.com/v1/disk/resources?path=${at(request)}`, method: 'GET', templated: false } })],
  ['DELETE', yandex, '/v1/disk/resources', () => ({ status: 204 })],

  ['GET,POST', pcloud, '/listfolder', () => ({ json: { result: 0, metadata: root() } })],
  ['PUT,POST', pcloud, '/uploadfile', (request) => {
    const name = request.query.get('filename');
    const bytes = request.parts[0]?.bytes ?? request.body;
    request.keep(name, bytes);
    return { json: { result: 0, metadata: [file(name, bytes, 1002)], fileids: [1002], checksums: [{ sha1: sha1(bytes), md5: md5(bytes) }] } };
  }],
  ['GET,POST', pcloud, '/getfilelink', () => ({ json: { result: 0, path: '/cBZ/stored.pdf', expires: 'Thu, 26 Nov 2099 10:00:00 +0000', hosts: ['p-par1.pcloud.com'] } })],
  ['GET', 'p-par1.pcloud.com', '/{ticket}/{name}', () => ({ bytes: content(5000), headers: { 'content-disposition': 'attachment; filename="stored.pdf"' } })],
  ['GET,POST', pcloud, '/getfilepublink', () => ({ json: { result: 0, linkid: 1, code: 'XZ', link: 'https://u.pcloud.link/publink/show?code=XZ' } })],
  ['GET,POST', pcloud, '/deletefile', () => ({ json: { result: 0, metadata: file('stored.pdf', content(5000), 1001) } })],
  ['GET,POST', pcloud, '/checksumfile', () => ({ json: { result: 0, sha1: sha1(content(5000)), md5: md5(content(5000)), metadata: file('stored.pdf', content(5000), 1001) } })],

  ['GET', 'api.backblazeb2.com', `${v1}/b2_authorize_account`, () => ({
    json: { accountId: 'acc', authorizationToken: 't', apiUrl: 'https://api001.backblazeb2.com', downloadUrl: 'https://f001.backblazeb2.com', minimumPartSize: 5000000, absoluteMinimumPartSize: 5000000, recommendedPartSize: 100000000, allowed: { capabilities: ['listBuckets', 'writeFiles'], bucketId: null, bucketName: null, namePrefix: null } },
  })],
  ['POST', b2, `${v1}/b2_list_buckets`, () => ({ json: { buckets: [{ accountId: 'acc', bucketId: 'bid', bucketName: 'reports', bucketType: 'allPrivate' }] } })],
  ['POST', b2, `${v1}/b2_create_bucket`, (request) => ({ json: { accountId: 'acc', bucketId: 'bid', bucketName: request.json.bucketName, bucketType: 'allPrivate' } })],
  ['POST', b2, `${v1}/b2_list_file_names`, (request) => ({ json: { files: (request.json.prefix ?? '').includes('new') ? [] : [stored('stored.pdf', content(5000))], nextFileName: null } })],
  ['POST', b2, `${v1}/b2_list_file_versions`, (request) => ({ json: { files: (request.json.prefix ?? '').includes('new') ? [] : [stored('stored.pdf', content(5000))], nextFileName: null, nextFileId: null } })],
  ['POST', b2, `${v1}/b2_get_upload_url`, () => ({ json: { bucketId: 'bid', uploadUrl: 'https://pod-000-1007-13.backblazeb2.com/b2api/v1/b2_upload_file/bid/c001', authorizationToken: 'u' } })],
  ['POST', 'pod-000-1007-13.backblazeb2.com', `${v1}/b2_upload_file/{bucket}/{rest...}`, (request) => {
    // The hash may follow the bytes, as hex.
    const bytes = request.headers['x-bz-content-sha1'] === 'hex_digits_at_end' ? request.body.subarray(0, -40) : request.body;
    request.keep(decodeURIComponent(request.headers['x-bz-file-name']), bytes);
    return { json: stored(decodeURIComponent(request.headers['x-bz-file-name']), bytes) };
  }],
  ['GET,HEAD', 'f001.backblazeb2.com', '/file/{bucket}/{name...}', () => ({ bytes: content(5000), headers: { 'x-bz-file-id': '4_zid', 'x-bz-file-name': 'stored.pdf', 'x-bz-content-sha1': sha1(content(5000)), 'x-bz-upload-timestamp': '1764151200000', 'content-type': 'application/pdf', 'content-length': '5000' } })],
  ['GET', 'f001.backblazeb2.com', `${v1}/b2_download_file_by_id`, () => ({ bytes: content(5000), headers: { 'x-bz-file-id': '4_zid', 'x-bz-file-name': 'stored.pdf', 'x-bz-content-sha1': sha1(content(5000)), 'x-bz-upload-timestamp': '1764151200000' } })],
  ['POST', b2, `${v1}/b2_hide_file`, () => ({ json: { ...stored('stored.pdf', content(5000)), action: 'hide' } })],
  ['POST', b2, `${v1}/b2_delete_file_version`, () => ({ json: { fileId: '4_zid', fileName: 'stored.pdf' } })],
];
