import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { content } from './content.mjs';

export const source = '@octokit/openapi-types as @octokit/rest 22.0.1 (npm) brings it; git itself answers clone and push (git http-backend)';
export const hosts = ['api.github.com', 'uploads.github.com', 'github.com', 'codeload.github.com', 'raw.githubusercontent.com'];

const api = 'api.github.com';
const owner = { login: 'example', id: 1, type: 'Organization' };
const ana = { login: 'ana', id: 7, type: 'User' };
const repository = (name, more = {}) => ({
  id: 1296269, node_id: 'MDEwOlJlcG9zaXRvcnkxMjk2MjY5', name, full_name: `example/${name}`, owner, private: true,
  html_url: `https://github.com/example/${name}`, default_branch: 'main', visibility: 'private', ...more,
});
const issue = (number, title, more = {}) => ({ id: 100 + number, number, title, state: 'open', user: ana, labels: [], html_url: `https://github.com/example/app/issues/${number}`, ...more });
const commit = { sha: '7638417db6d59f3c431d3e1f261cc637155684cd', html_url: 'https://github.com/example/app/commit/7638417' };

// A repository of git, served as git says that it is served.
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'stand-in-git-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
process.on('SIGTERM', () => process.exit(0));
let made = false;
function repositories() {
  if (!made) {
    const git = (...words) => spawnSync('git', words, { cwd: root, env: { ...process.env, HOME: root, GIT_CONFIG_NOSYSTEM: '1' } });
    git('init', '--bare', '-b', 'main', 'example/app.git');
    git('-C', 'example/app.git', 'config', 'http.receivepack', 'true');
    git('init', '-b', 'main', 'seed');
    fs.writeFileSync(path.join(root, 'seed/README.md'), 'hello\n');
    git('-C', 'seed', 'add', '.');
    git('-C', 'seed', '-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', 'commit', '-m', 'first');
    git('-C', 'seed', 'push', '../example/app.git', 'main');
    made = true;
  }
  return root;
}
const backend = (request) => new Promise((resolve, reject) => {
  const program = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH, GIT_PROJECT_ROOT: repositories(), GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: decodeURIComponent(request.path),
      QUERY_STRING: request.url.search.slice(1), REQUEST_METHOD: request.method, CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: String(request.body.length), HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: request.headers['git-protocol'] ?? '', REMOTE_USER: 'ana', REMOTE_ADDR: '127.0.0.1',
    },
  });
  const pieces = [];
  program.stdout.on('data', (piece) => pieces.push(piece));
  program.on('error', reject);
  program.stdin.on('error', () => {});
  program.stdin.end(request.body);
  program.on('close', () => {
    const whole = Buffer.concat(pieces);
    const end = whole.indexOf('\r\n\r\n');
    const fields = Object.fromEntries(whole.toString('latin1', 0, end).split('\r\n').map((line) => line.split(/: */, 2)).map(([name, value]) => [name.toLowerCase(), value]));
    const { status, 'content-type': type, ...headers } = fields;
    resolve({ status: parseInt(status ?? '200', 10), headers: { ...headers, 'content-type': type ?? 'text/plain' }, bytes: whole.subarray(end + 4) });
  });
});

export const routes = [
  ['GET,POST', 'github.com', '/example/app.git/{rest...}', async (request) => {
    if (request.path.endsWith('git-receive-pack') && !request.headers.authorization)
      return { status: 401, headers: { 'www-authenticate': 'Basic realm="GitHub"' }, text: 'no' };
    return backend(request);
  }],
  ['POST', 'github.com', '/login/oauth/access_token', () => ({ json: { access_token: 'gho_test', token_type: 'bearer', scope: 'repo' } })],
  ['GET', api, '/user', () => ({ json: ana })],
  ['GET', api, '/repos/{owner}/{repo}', (request) => ({ json: repository(request.parameters.repo) })],
  ['PATCH', api, '/repos/{owner}/{repo}', (request) => ({ json: repository(request.parameters.repo, request.json) })],
  ['DELETE', api, '/repos/{owner}/{repo}', () => ({ status: 204 })],
  ['POST', api, '/orgs/{org}/repos', (request) => ({ status: 201, json: repository(request.json.name, request.json) })],
  ['POST', api, '/repos/{owner}/{repo}/forks', (request) => ({ status: 202, json: repository(request.parameters.repo, { fork: true }) })],
  ['PUT', api, '/repos/{owner}/{repo}/collaborators/{user}', (request) => ({
    status: 201, json: { id: 1, repository: repository(request.parameters.repo), invitee: { login: request.parameters.user, id: 9 }, inviter: ana, permissions: 'write' },
  })],
  ['DELETE', api, '/repos/{owner}/{repo}/collaborators/{user}', () => ({ status: 204 })],
  ['POST', api, '/orgs/{org}/invitations', (request) => ({ status: 201, json: { id: 5, login: null, email: request.json.email, role: 'direct_member', inviter: ana } })],
  ['GET', api, '/repos/{owner}/{repo}/issues', () => ({ json: [issue(1, 'It fails')] })],
  ['POST', api, '/repos/{owner}/{repo}/issues', (request) => ({ status: 201, json: issue(42, request.json.title) })],
  ['PATCH', api, '/repos/{owner}/{repo}/issues/{number}', (request) => ({ json: issue(Number(request.parameters.number), 'It fails', request.json) })],
  ['POST', api, '/repos/{owner}/{repo}/issues/{number}/comments', (request) => ({ status: 201, json: { id: 3001, body: request.json.body, user: ana } })],
  ['POST', api, '/repos/{owner}/{repo}/pulls', (request) => ({ status: 201, json: { ...issue(43, request.json.title), head: { ref: request.json.head }, base: { ref: 'main' } } })],
  ['PUT', api, '/repos/{owner}/{repo}/pulls/{number}/merge', () => ({ json: { sha: commit.sha, merged: true, message: 'Pull Request successfully merged' } })],
  ['GET', api, '/repos/{owner}/{repo}/contents/{path...}', (request) => ({
    json: { type: 'file', encoding: 'base64', size: 6, name: 'README.md', path: request.parameters.path, content: 'aGVsbG8K', sha: '980a0d5' },
  })],
  ['PUT', api, '/repos/{owner}/{repo}/contents/{path...}', (request) => {
    const bytes = Buffer.from(request.json.content, 'base64');
    request.keep(request.parameters.path, bytes);
    return { status: 201, json: { content: { type: 'file', name: 'key.txt', path: request.parameters.path, sha: '980a0d5', size: bytes.length }, commit } };
  }],
  ['DELETE', api, '/repos/{owner}/{repo}/contents/{path...}', () => ({ json: { content: null, commit } })],
  ['GET', api, '/repos/{owner}/{repo}/zipball/{ref...}', (request) => ({
    status: 302, headers: { location: `https://codeload.github.com/example/${request.parameters.repo}/legacy.zip/refs/heads/main` },
  })],
  ['GET', 'codeload.github.com', '/{owner}/{repo}/legacy.zip/{ref...}', () => ({
    bytes: content(5000), headers: { 'content-type': 'application/zip', 'content-disposition': 'attachment; filename=example-app-7638417.zip' },
  })],
  ['POST', api, '/repos/{owner}/{repo}/releases', (request) => ({
    status: 201, json: { id: 88, tag_name: request.json.tag_name, name: request.json.name, upload_url: 'https://uploads.github.com/repos/example/app/releases/88/assets{?name,label}' },
  })],
  ['POST', 'uploads.github.com', '/repos/{owner}/{repo}/releases/{id}/assets', (request) => {
    request.keep(request.query.get('name'), request.body);
    return { status: 201, json: { id: 99, name: request.query.get('name'), size: request.body.length, state: 'uploaded', content_type: 'application/zip' } };
  }],
  ['POST', api, '/gists', (request) => ({
    status: 201, json: { id: 'aa5a315d61ae9438b18d', html_url: 'https://gist.github.com/aa5a315d61ae9438b18d', public: request.json.public, files: request.json.files, owner: ana },
  })],
  ['PUT', api, '/repos/{owner}/{repo}/actions/secrets/{name}', () => ({ status: 201, json: {} })],
  ['POST', api, '/repos/{owner}/{repo}/hooks', (request) => ({ status: 201, json: { id: 12, name: 'web', active: true, config: request.json.config } })],
  ['POST', api, '/repos/{owner}/{repo}/keys', (request) => ({ status: 201, json: { id: 13, title: request.json.title, key: request.json.key, read_only: false } })],
];
