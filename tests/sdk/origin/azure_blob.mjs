import { content } from './content.mjs';

export const source = '@azure/storage-blob 12.32.0 (npm): dist/commonjs/generated/src/models/mappers.js';
export const hosts = ['*.blob.core.windows.net'];

const host = '*.blob.core.windows.net';
const blocks = new Map();
const fields = { etag: '"0x8D"', 'last-modified': 'Thu, 26 Nov 2026 10:00:00 GMT', 'x-ms-request-id': '1', 'x-ms-version': '2025-11-05' };
const asks = (request, name, value) => request.query.get(name) === value;

function container(request) {
  const { container: name } = request.parameters;
  if (asks(request, 'comp', 'list')) {
    return {
      headers: fields, xml: `<EnumerationResults ServiceEndpoint="https://example.blob.core.windows.net/" ContainerName="${name}"><Blobs><Blob><Name>Q3/report.pdf</Name><Properties>` +
        '<Creation-Time>Thu, 26 Nov 2026 10:00:00 GMT</Creation-Time><Last-Modified>Thu, 26 Nov 2026 10:00:00 GMT</Last-Modified><Etag>0x8D</Etag><Content-Length>5000</Content-Length>' +
        '<Content-Type>application/pdf</Content-Type><BlobType>BlockBlob</BlobType></Properties></Blob></Blobs><NextMarker /></EnumerationResults>',
    };
  }
  if (request.method === 'PUT') return { status: asks(request, 'comp', 'acl') ? 200 : 201, headers: fields };
  if (request.method === 'DELETE') return { status: 202, headers: fields };
  return { headers: { ...fields, 'x-ms-lease-state': 'available' } };
}

function blob(request) {
  const key = request.parameters.name;
  if (request.method === 'PUT' && request.headers['x-ms-copy-source']) return { status: 202, headers: { ...fields, 'x-ms-copy-id': '1', 'x-ms-copy-status': 'success' } };
  if (asks(request, 'comp', 'block')) {
    blocks.set(request.query.get('blockid'), request.body);
    return { status: 201, headers: fields };
  }
  if (asks(request, 'comp', 'blocklist')) {
    const ids = [...request.body.toString().matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]+)</g)].map(([, id]) => id);
    request.keep(key, Buffer.concat(ids.map((id) => blocks.get(id))));
    return { status: 201, headers: fields };
  }
  if (request.method === 'PUT' && request.headers['x-ms-blob-type']) {
    request.keep(key, request.body);
    return { status: 201, headers: fields };
  }
  if (request.method === 'PUT') return { headers: fields };
  if (request.method === 'DELETE') return { status: 202, headers: fields };
  const told = { ...fields, 'x-ms-blob-type': 'BlockBlob', 'accept-ranges': 'bytes', 'content-type': 'application/pdf', 'x-ms-creation-time': 'Thu, 26 Nov 2026 10:00:00 GMT' };
  return request.method === 'HEAD' ? { headers: { ...told, 'content-length': '5000' } } : { bytes: content(5000), headers: told };
}

export const routes = [
  ['GET', host, '/', () => ({
    headers: fields, xml: '<EnumerationResults ServiceEndpoint="https://example.blob.core.windows.net/"><Containers><Container><Name>reports</Name><Properties>' +
      '<Last-Modified>Thu, 26 Nov 2026 10:00:00 GMT</Last-Modified><Etag>0x8D</Etag></Properties></Container></Containers><NextMarker /></EnumerationResults>',
  })],
  ['*', host, '/{container}', container],
  ['*', host, '/{container}/{name...}', blob],
];
