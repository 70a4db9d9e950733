// A gateway of its own in a folder that leaves with it: the real binary with the shipped catalog and policies, a store that
// is filled (organisation.mjs), an origin on loopback that stands for the vendors, and clients that go through the proxy.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { groupOf, records, USERS, writeJournal } from './organisation.mjs';

const run = promisify(execFile);
const HOSTS = ['content.dropboxapi.com', 'drive.google.com', 'chatgpt.com', 'wetransfer.com', 'mega.nz', 'pastebin.com',
  'mail.google.com', 'upload.app.box.com', 'www.ilovepdf.com', 'www.deepl.com', 'download.windowsupdate.com'];

function makeOrigin(folder) {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3', '-subj',
    '/CN=Lab root', '-keyout', 'root.key', '-out', 'root.pem', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext',
    'keyUsage=critical,keyCertSign,cRLSign');
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=Lab origin',
    '-keyout', 'origin.key', '-out', 'origin.csr');
  writeFileSync(join(folder, 'origin.ext'),
    `subjectAltName=${HOSTS.map((host) => `DNS:${host}`).join(',')}\nextendedKeyUsage=serverAuth\n`);
  openssl('x509', '-req', '-in', 'origin.csr', '-CA', 'root.pem', '-CAkey', 'root.key', '-days', '2', '-extfile',
    'origin.ext', '-out', 'origin.pem');
  const server = https.createServer(
    { key: readFileSync(join(folder, 'origin.key')), cert: readFileSync(join(folder, 'origin.pem')) },
    (request, reply) => {
      request.resume();
      request.on('end', () => reply.writeHead(200, { 'Content-Type': 'application/json' }).end('{}'));
    });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

export class Gateway {
  // `binary` and `source` (a checkout, for conf/); `more` goes into the configuration.
  static async start({ binary, source, count = 4000, days = 30, more = {}, admin = '127.0.0.1:0', console: folder }) {
    const gateway = new Gateway();
    gateway.console = folder;
    gateway.binary = binary;
    gateway.source = source;
    gateway.folder = mkdtempSync(join(tmpdir(), 'sallyport-console-'));
    gateway.state = join(gateway.folder, 'state');
    mkdirSync(gateway.state, { mode: 0o700 });
    gateway.origin = await makeOrigin(gateway.folder);
    await gateway.receive();
    const issuer = await gateway.provide(source);
    writeFileSync(join(gateway.folder, 'hook.secret'), 'sixteen letters at least\n', { mode: 0o600 });
    const conf = join(source, 'conf');
    writeFileSync(join(gateway.folder, 'addresses.yaml'),
      USERS.map((user, n) => `- {cidr: 127.0.1.${n + 1}, user: ${user}}\n`).join(''));
    writeFileSync(join(gateway.folder, 'users.yaml'), 'users:\n' + USERS.map((user) =>
      `  - {name: ${user}, mail: ${user}@corp.example, groups: [${groupOf(user)}, staff]}\n`).join(''));
    const policies = join(gateway.folder, 'policies');
    execFileSync('cp', ['-r', join(conf, 'policies'), policies]);
    writeFileSync(join(gateway.folder, 'apps.yaml'), readFileSync(join(conf, 'tags/apps.yaml')));
    const origin = `127.0.0.1:${gateway.origin.address().port}`;
    const settings = {
      gateway: { name: 'sallyport.localhost' },
      listeners: [{ address: '127.0.0.1:0' }],
      admin: [{ address: admin }],
      workers: 1,
      state: { directory: gateway.state },
      origins: { allow_addresses: ['127.0.0.0/8'], resolve: Object.fromEntries(HOSTS.map((host) => [host, origin])),
        roots: [join(gateway.folder, 'root.pem')] },
      policies,
      templates: join(conf, 'templates'),
      catalog: join(conf, 'catalog'),
      tags: { apps: 'apps.yaml', app_risk: join(conf, 'tags/app_risk.yaml'),
        addresses: join(conf, 'tags/ip_ranges.yaml'), noise: join(conf, 'tags/noise.yaml'),
        mail_domains: join(conf, 'tags/mail_domains.yaml'), own_tenants: join(conf, 'tags/own_tenants.yaml') },
      users: { directory: 'users.yaml', addresses: 'addresses.yaml' },
      webhook_actions: [{ name: 'end-sessions', description: 'Ends the sessions of a user', url: gateway.hook, secret_file: 'hook.secret', needs: ['user', 'reason'] }],
      timeouts: { drain: '1s' },
      admin_server: { sign_in: { name: 'Corp Login', issuer, client_id: 'console', roles: { analyst: ['soc'] } } },
      ...more,
    };
    gateway.config = join(gateway.folder, 'sallyport.yaml');
    writeFileSync(gateway.config, JSON.stringify(settings, null, 2));
    writeJournal(join(gateway.state, 'blocks.journal'), records({ now: Date.now() - 60e3, days, count }));
    await gateway.begin();
    return gateway;
  }

  // What stands for the program that asks apps' own APIs: keeps what it was asked for.
  receive() {
    this.asked = [];
    this.receiver = http.createServer((request, reply) => {
      let body = '';
      request.on('data', (chunk) => { body += chunk; });
      request.on('end', () => {
        this.asked.push(JSON.parse(body));
        reply.writeHead(200, { 'Content-Type': 'text/plain' }).end('3 sessions ended');
      });
    });
    return new Promise((resolve) => this.receiver.listen(0, '127.0.0.1', () => {
      this.hook = `http://127.0.0.1:${this.receiver.address().port}/hook`;
      resolve();
    }));
  }

  // The organisation's OpenID provider, at which somebody signs in as anybody.
  provide(source) {
    this.provider = spawn('/usr/bin/python3', ['-B', join(source, 'tests/e2e/kit/openid_provider.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    return new Promise((resolve, reject) => {
      this.provider.stdout.once('data', (line) => resolve(String(line).trim()));
      this.provider.once('exit', (code) => reject(new Error(`the provider ended with ${code}`)));
    });
  }

  begin() {
    this.log = '';
    const folder = this.console ? ['--console-dir', this.console] : [];
    this.child = spawn(this.binary, ['run', '-c', this.config, ...folder], { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
    let ready = false;
    return new Promise((resolve, reject) => {
      const listen = (chunk) => {
        this.log += chunk;
        if (ready || !this.log.includes('Activities, as they happen')) return;
        ready = true;
        this.proxy = `http://${/^ {2}proxy +(\S+?),?$/m.exec(this.log)[1]}`;
        this.admin = /^ {2}admin +(http:\/\/[^/]+)\//m.exec(this.log)[1];
        this.site = this.admin;
        this.password = /sign in as admin with the password (\S+)/.exec(this.log)?.[1] ?? this.password;
        this.ca = join(this.state, 'ca/ca.pem');
        this.token = readFileSync(join(this.state, 'admin.token'), 'utf8').trim();
        resolve();
      };
      this.child.stdout.on('data', listen);
      this.child.stderr.on('data', listen);
      this.child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}:\n${this.log}`)));
    });
  }

  // Signs in as the first account does: with the password that is shown once, which is changed. The context has the cookie.
  async signIn(context) {
    const page = await context.newPage();
    await page.goto(`${this.site}/console/`);
    await page.getByLabel('Name').fill('admin');
    await page.getByLabel('Password').fill(this.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    if (!this.changed) {
      await page.getByLabel('That password').fill(this.password);
      this.password = this.changed = 'a long password of the lab';
      await page.locator('input[name=new]').fill(this.password);
      await page.getByLabel('New password, again').fill(this.password);
      await page.getByRole('button', { name: 'Go on' }).click();
    }
    await page.getByRole('heading', { level: 1, name: 'Discovery' }).waitFor({ timeout: 10_000 });
    await page.close();
  }

  // As `user` through the proxy: curl's status.
  async curl(user, ...args) {
    const from = `127.0.1.${USERS.indexOf(user) + 1}`;
    const { stdout } = await run('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--max-time', '10', '--interface',
      from, '--proxy', this.proxy, '--cacert', this.ca, ...args]);
    return Number(stdout);
  }

  upload(user, host, name, ...more) {
    return this.curl(user, '-X', 'PUT', '-H', 'Content-Type: application/octet-stream', '--data-binary',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', ...more, `https://${host}/files/${name}`);
  }

  // What raises alerts: keys that are uploaded, a scanner's user agent, apps that are refused.
  async misdeeds() {
    await this.upload('ana.silva', 'content.dropboxapi.com', 'server.pem');
    await this.upload('eva.silva', 'drive.google.com', 'vpn-client.p12');
    await this.upload('ben.silva', 'wetransfer.com', 'intranet.crt');
    await this.curl('carla.silva', '-A', 'sqlmap/1.8', 'https://drive.google.com/');
    await this.curl('david.silva', '-A', 'Nikto/2.5', 'https://mail.google.com/');
    for (const host of ['mega.nz', 'wetransfer.com', 'pastebin.com']) await this.curl('felix.silva', `https://${host}/`);
  }

  // A few at a time: the gateway refuses more than it has room for.
  async each(list, act) {
    const queue = [...list];
    const next = async () => { for (let one = queue.shift(); one !== undefined; one = queue.shift()) await act(one); };
    await Promise.all([next(), next(), next()]);
  }

  async api(path, method = 'GET', body = undefined) {
    const reply = await fetch(`${this.admin}/api/v1/${path}`,
      { method, body, headers: { Authorization: `Bearer ${this.token}` } });
    return { status: reply.status, body: await reply.json() };
  }

  async stop() {
    this.child?.kill('SIGINT');
    await this.ended;
    this.provider.stdin.end();
    this.receiver.closeAllConnections();
    this.receiver.close();
    this.origin.closeAllConnections();
    this.origin.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
