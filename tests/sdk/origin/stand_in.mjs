// Plays the vendors' hosts: one TLS listener on loopback, HTTP/1.1 and HTTP/2.
//
//   node stand_in.mjs --certificate CHAIN --key KEY --record FILE VENDOR...
//
// prints "listening PORT". Each VENDOR.mjs beside this file exports
//   hosts    the names it plays: "api.example.com", "*.example.com"
//   source   what its answers were derived from
//   routes   [METHODS, HOST, PATH, answer]: METHODS "GET" or "POST,PUT" or "*"; HOST as above; PATH in segments,
//            "{id}" is one, "{name...}" at the end is the rest. The first that fits answers.
// answer(request) returns a reply: {status, headers, and json, form, xml, text or bytes}; it may be asynchronous.
//
// FILE gets one JSON line per request (with the bytes and the SHA-256 of its body), per request that no route
// fits ("unknown"), and per file that a vendor now holds ("kept"), whatever number of requests brought it.

import crypto from 'node:crypto';
import fs from 'node:fs';
import http2 from 'node:http2';
import { parseArgs } from 'node:util';

const { values: options, positionals: vendors } = parseArgs({
  options: { certificate: { type: 'string' }, key: { type: 'string' }, record: { type: 'string' } },
  allowPositionals: true,
});
const record = fs.openSync(options.record, 'a');
const note = (line) => fs.writeSync(record, JSON.stringify({ time: new Date().toISOString(), ...line }) + '\n');
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

const escaped = (text) => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
const fitting_host = (host) => new RegExp('^' + escaped(host).replace('\\*', '[^/]+') + '$', 'i');
const fitting_path = (path) =>
  new RegExp('^' + escaped(path).replace(/\{(\w+)(\\\.\\\.\\\.)?\}/g, (_, name, rest) => `(?<${name}>${rest ? '.*' : '[^/]+'})`) + '$');

const routes = [];
for (const vendor of vendors) {
  const played = await import(`./${vendor}.mjs`);
  for (const [methods, host, path, answer] of played.routes)
    routes.push({ vendor, methods: methods.split(','), host: fitting_host(host), path: fitting_path(path), answer });
}

/** The parts of a multipart body, as {headers, name, filename, bytes}. */
function parts_of(type, body) {
  const boundary = /boundary="?([^";]+)/i.exec(type ?? '')?.[1];
  if (!boundary) return [];
  const text = body.toString('latin1');
  return text.split(new RegExp(`(?:^|\\r?\\n)--${escaped(boundary)}(?:--)?[ \\t]*\\r?\\n?`)).slice(1).flatMap((part) => {
    const end = /\r?\n\r?\n/.exec(part);
    if (!end) return [];
    const headers = Object.fromEntries(part.slice(0, end.index).split(/\r?\n/).filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const told = headers['content-disposition'] ?? '';
    return [{
      headers,
      name: /[; ]name="([^"]*)"/.exec(told)?.[1],
      filename: /filename="([^"]*)"/.exec(told)?.[1],
      bytes: Buffer.from(part.slice(end.index + end[0].length), 'latin1'),
    }];
  });
}

/** What aws-chunked framing holds (the AWS SDKs send it where a checksum follows as a trailer). */
function without_aws_chunks(body) {
  const pieces = [];
  for (let at = 0; at < body.length;) {
    const line = body.indexOf('\r\n', at);
    const size = parseInt(body.toString('latin1', at, line), 16);
    if (!size) break;
    pieces.push(body.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
  return Buffer.concat(pieces);
}

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

class Request {
  constructor(vendor, method, host, url, headers, body, parameters) {
    Object.assign(this, { vendor, method, host, path: url.pathname, query: url.searchParams, url, headers, parameters });
    this.body = /aws-chunked/.test(headers['content-encoding'] ?? '') ? without_aws_chunks(body) : body;
  }
  get json() { return JSON.parse(this.body.toString() || '{}'); }
  get form() { return Object.fromEntries(new URLSearchParams(this.body.toString())); }
  get parts() { return parts_of(this.headers['content-type'], this.body); }
  /** The vendor holds this file now. */
  keep(name, bytes) {
    note({ kept: name, vendor: this.vendor, bytes: bytes.length, sha256: sha256(bytes) });
  }
}

async function answer(request, reply) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const body = Buffer.concat(pieces);
  const host = (request.authority ?? request.headers.host ?? '').replace(/:\d+$/, '');
  const url = new URL(request.url, `https://${host}`);
  // Segments are decoded one by one: an escaped slash ends none.
  const path = url.pathname.split('/').map((segment) => decoded(segment).replaceAll('/', '%2F')).join('/');
  const seen = { method: request.method, host, path, query: url.search, bytes: body.length, sha256: sha256(body) };
  for (const route of routes) {
    if (!(route.methods.includes(request.method) || route.methods[0] === '*') || !route.host.test(host)) continue;
    const found = route.path.exec(path);
    if (!found) continue;
    note({ vendor: route.vendor, ...seen });
    const told = await route.answer(new Request(route.vendor, request.method, host, url, request.headers, body, Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([name, value]) => [name, value.replaceAll('%2F', '/')]))));
    return send(request, reply, told);
  }
  note({ unknown: true, ...seen });
  return send(request, reply, { status: 404, json: { error: 'the stand-in does not know this request' } });
}

function send(request, reply, told) {
  const [type, text] =
    'json' in told ? ['application/json', JSON.stringify(told.json)] :
    'form' in told ? ['application/x-www-form-urlencoded', new URLSearchParams(told.form).toString()] :
    'xml' in told ? ['application/xml', '<?xml version="1.0" encoding="UTF-8"?>\n' + told.xml] :
    'text' in told ? ['text/plain', told.text] :
    'bytes' in told ? ['application/octet-stream', told.bytes] : [undefined, ''];
  const bytes = Buffer.from(text);
  const status = told.status ?? 200;
  const fields = { ...(type && { 'content-type': type }), date: new Date().toUTCString(), ...told.headers };
  if (status !== 204 && status !== 304 && !('content-length' in fields)) fields['content-length'] = String(bytes.length);
  reply.writeHead(status, fields);
  reply.end(request.method === 'HEAD' ? undefined : bytes);
}

const server = http2.createSecureServer({
  allowHTTP1: true,
  cert: fs.readFileSync(options.certificate),
  key: fs.readFileSync(options.key),
}, (request, reply) => {
  answer(request, reply).catch((failure) => {
    note({ failed: String(failure.stack), method: request.method, path: request.url });
    if (!reply.headersSent) reply.writeHead(500);
    reply.end();
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
