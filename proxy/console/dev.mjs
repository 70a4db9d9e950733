// node dev.mjs [ADMIN [TOKEN_FILE]]: serves the console while it is written and rebuilds it at every load. What is asked
// under /api goes to a gateway's admin listener, with the token of its state directory where there is a file; then
// GET /api/v1/session is answered here, as somebody who may do everything.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const [admin = 'http://127.0.0.1:3129', tokenFile] = process.argv.slice(2);
const port = Number(process.env.PORT ?? 3180);
const token = tokenFile ? (await readFile(tokenFile, 'utf8')).trim() : null;
const target = new URL(admin);
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.txt': 'text/plain' };

function forward(request, reply) {
  const headers = { ...request.headers, host: target.host };
  if (token) headers.authorization = `Bearer ${token}`;
  const onward = http.request({ host: target.hostname, port: target.port, path: request.url, method: request.method, headers },
    (answer) => {
      reply.writeHead(answer.statusCode, answer.headers);
      answer.pipe(reply);
    });
  onward.on('error', (error) => reply.writeHead(502).end(String(error)));
  request.pipe(onward);
}

async function page(path, reply) {
  const name = /^\/console\/([\w.-]+\.(?:js|css|svg|txt))$/.exec(path)?.[1] ?? 'index.html';
  if (name === 'index.html') await promisify(execFile)(process.execPath, [join(here, 'build.mjs'), dist, '--quick']);
  reply.writeHead(200, { 'Content-Type': `${TYPES[extname(name)]}; charset=utf-8`, 'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'" });
  reply.end(await readFile(join(dist, name)));
}

http.createServer((request, reply) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (token && pathname === '/api/v1/session') {
    reply.writeHead(200, { 'Content-Type': 'application/json' });
    reply.end(JSON.stringify({ name: 'developer', role: 'operator', csrf: '', must_change: false }));
  } else if (pathname.startsWith('/api/')) {
    forward(request, reply);
  } else if (pathname.startsWith('/console')) {
    page(pathname, reply).catch((error) => reply.writeHead(500).end(String(error.stderr ?? error)));
  } else {
    reply.writeHead(302, { Location: '/console/' }).end();
  }
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/console/`));
