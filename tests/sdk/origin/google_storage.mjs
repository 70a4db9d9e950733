import { content } from './content.mjs';

export const source = '@google-cloud/storage 7.22.0 (npm): build/cjs/src/{file,bucket,resumable-upload}.js and its FileMetadata type';
export const hosts = ['storage.googleapis.com'];

const host = 'storage.googleapis.com';
const object = (bucket, name, size) => ({
  kind: 'storage#object', id: `${bucket}/${name}/1`, name, bucket, generation: '1', metageneration: '1', contentType: 'application/pdf', size: String(size),
  timeCreated: '2026-11-26T10:00:00.000Z', updated: '2026-11-26T10:00:00.000Z', storageClass: 'STANDARD', etag: 'CAE=',
});
const sessions = new Map();
const kept = (request, name, bytes) => {
  request.keep(name, bytes);
  return { json: object(request.parameters.bucket, name, bytes.length) };
};

export const routes = [
  ['GET', host, '/storage/v1/b', () => ({ json: { kind: 'storage#buckets', items: [{ kind: 'storage#bucket', id: 'reports', name: 'reports' }] } })],
  ['POST', host, '/storage/v1/b', (request) => ({ json: { kind: 'storage#bucket', id: request.json.name, name: request.json.name } })],
  ['DELETE', host, '/storage/v1/b/{bucket}', () => ({ status: 204 })],
  ['GET', host, '/storage/v1/b/{bucket}/iam', () => ({ json: { kind: 'storage#policy', etag: 'CAE=', version: 1, bindings: [] } })],
  ['PUT', host, '/storage/v1/b/{bucket}/iam', (request) => ({ json: { kind: 'storage#policy', ...request.json } })],
  ['GET', host, '/storage/v1/b/{bucket}/o', () => ({ json: { kind: 'storage#objects', items: [object('reports', 'Q3/report.pdf', 5000)] } })],
  ['POST', host, '/upload/storage/v1/b/{bucket}/o', (request) => {
    if (request.query.get('uploadType') === 'resumable') {
      const id = `ABPtc${sessions.size}`;
      sessions.set(id, { name: request.query.get('name'), parts: [] });
      return { headers: { location: `https://storage.googleapis.com/upload/storage/v1/b/${request.parameters.bucket}/o?uploadType=resumable&name=${request.query.get('name')}&upload_id=${id}` } };
    }
    return kept(request, request.query.get('name') ?? JSON.parse(request.parts[0].bytes.toString()).name, request.parts[1].bytes);
  }],
  ['PUT', host, '/upload/storage/v1/b/{bucket}/o', (request) => {
    const session = sessions.get(request.query.get('upload_id'));
    const range = /bytes (\d+)-(\d+|\*)\/(\d+|\*)/.exec(request.headers['content-range'] ?? '');
    session.parts.push(request.body);
    const got = session.parts.reduce((sum, part) => sum + part.length, 0);
    if (range && range[3] === '*' && range[2] !== '*') return { status: 308, headers: { range: `bytes=0-${got - 1}` } };
    if (range && range[3] !== '*' && got < Number(range[3])) return { status: 308, headers: { range: `bytes=0-${got - 1}` } };
    return kept(request, session.name, Buffer.concat(session.parts));
  }],
  ['POST', host, '/storage/v1/b/{bucket}/o/{name}/acl', (request) => ({ json: { kind: 'storage#objectAccessControl', ...request.json } })],
  ['POST', host, '/storage/v1/b/{bucket}/o/{rest...}', (request) => ({ json: { kind: 'storage#rewriteResponse', done: true, totalBytesRewritten: '5000', objectSize: '5000', resource: object('reports', 'Q4/report.pdf', 5000) } })],
  ['DELETE', host, '/storage/v1/b/{bucket}/o/{rest...}', () => ({ status: 204 })],
  ['GET', host, '/storage/v1/b/{bucket}/o/{rest...}', (request) => request.query.get('alt') === 'media'
    ? { bytes: content(5000), headers: { 'content-type': 'application/pdf', 'x-goog-stored-content-encoding': 'identity' } }
    : { json: object('reports', request.parameters.rest, 5000) }],
];
