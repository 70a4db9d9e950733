// A small organisation that does not exist: what its people did in cloud apps over some weeks, as the records that the
// gateway keeps. The same seed and the same `now` give the same records.
//
// They come into a store the way that blocked events come after an outage: as the journal of a state directory, which
// the gateway reads at its start. So it is the gateway that writes the store and counts the use, not this file.

import { writeFileSync } from 'node:fs';

const HOUR = 3600e3;
const DAY = 24 * HOUR;

function random(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

// id, name, category, host, weight, share of uploads, largest upload in bytes, tags
const APPS = [
  ['microsoft_365', 'Microsoft 365', 'productivity', 'outlook.office.com', 30, 0.1, 9e6, ['sanctioned']],
  ['box', 'Box', 'cloud_storage', 'upload.app.box.com', 14, 0.35, 6e7, ['sanctioned']],
  ['google_drive', 'Google Drive', 'cloud_storage', 'drive.google.com', 9, 0.3, 8e7, []],
  ['dropbox', 'Dropbox', 'cloud_storage', 'content.dropboxapi.com', 7, 0.4, 2e8, []],
  ['salesforce', 'Salesforce', 'crm', 'acme.my.salesforce.com', 12, 0.04, 2e6, []],
  ['slack', 'Slack', 'collaboration', 'acme.slack.com', 16, 0.12, 5e6, []],
  ['github', 'GitHub', 'development', 'github.com', 8, 0.2, 3e7, []],
  ['chatgpt', 'ChatGPT', 'generative_ai', 'chatgpt.com', 9, 0.15, 4e6, []],
  ['claude', 'Claude', 'generative_ai', 'claude.ai', 6, 0.12, 4e6, []],
  ['deepl', 'DeepL', 'translation', 'www.deepl.com', 5, 0.2, 1e6, []],
  ['zoom', 'Zoom', 'online_meetings', 'us02web.zoom.us', 6, 0, 0, []],
  ['atlassian', 'Atlassian', 'project_management', 'acme.atlassian.net', 9, 0.08, 3e6, []],
  ['notion', 'Notion', 'collaboration', 'www.notion.so', 4, 0.1, 2e6, []],
  ['wetransfer', 'WeTransfer', 'cloud_storage', 'wetransfer.com', 2, 0.5, 9e8, ['unsanctioned']],
  ['mega', 'MEGA', 'cloud_storage', 'mega.nz', 1.4, 0.5, 5e8, ['unsanctioned']],
  ['pastebin', 'Pastebin', 'code_hosting', 'pastebin.com', 1, 0.4, 4e4, ['unsanctioned']],
  ['gmail', 'Gmail', 'webmail', 'mail.google.com', 6, 0.08, 2e7, []],
  ['linkedin', 'LinkedIn', 'social_network', 'www.linkedin.com', 5, 0.02, 1e6, []],
  ['youtube', 'YouTube', 'streaming', 'www.youtube.com', 4, 0, 0, []],
  ['figma', 'Figma', 'design', 'www.figma.com', 3, 0.1, 6e6, []],
  ['miro', 'Miro', 'collaboration', 'miro.com', 2, 0.08, 3e6, []],
  ['trello', 'Trello', 'project_management', 'trello.com', 2, 0.08, 1e6, []],
  ['ilovepdf', 'iLovePDF', 'document_tools', 'www.ilovepdf.com', 2, 0.6, 3e7, []],
  ['smallpdf', 'Smallpdf', 'document_tools', 'smallpdf.com', 1, 0.6, 2e7, []],
  ['canva', 'Canva', 'design', 'www.canva.com', 2, 0.2, 1e7, []],
  ['aws', 'AWS', 'cloud_platform', 'eu-central-1.console.aws.amazon.com', 5, 0.03, 1e6, []],
  ['telegram', 'Telegram', 'messaging', 'web.telegram.org', 1, 0.2, 1e7, []],
  ['whatsapp', 'WhatsApp', 'messaging', 'web.whatsapp.com', 3, 0.1, 8e6, []],
  ['grammarly', 'Grammarly', 'generative_ai', 'app.grammarly.com', 2, 0.1, 3e5, []],
  ['deepseek', 'DeepSeek', 'generative_ai', 'chat.deepseek.com', 1, 0.2, 2e6, []],
];

const GIVEN = ['ana', 'ben', 'carla', 'david', 'eva', 'felix', 'greta', 'hugo', 'ines', 'jonas', 'kira', 'leo', 'mara',
  'nils', 'olga', 'paul', 'rosa', 'sam', 'tara', 'udo', 'vera', 'will', 'yara', 'zoe'];
const FAMILY = ['silva', 'okafor', 'meyer', 'rossi', 'novak', 'haddad', 'larsen', 'dubois'];
const GROUPS = ['finance', 'sales', 'engineering', 'support', 'legal', 'marketing'];
const OFFICES = [
  ['10.1', 'DE', 'Vienna office', 64496, 'Example Net'],
  ['10.2', 'GB', 'London office', 64497, 'Example Telecom'],
  ['10.3', 'US', 'Boston office', 64498, 'Example Fiber'],
];
const ABROAD = [['198.51.100', 'PT', 64510, 'Example Mobile'], ['203.0.113', 'BR', 64511, 'Example Hotel'],
  ['198.51.100', 'IN', 64512, 'Example Broadband']];
const AGENTS = [
  { app: 'browser', device: 'desktop', browser: 'Chrome', browser_version: '156.0', os: 'Windows', os_version: '11' },
  { app: 'browser', device: 'desktop', browser: 'Firefox', browser_version: '132.0', os: 'Windows', os_version: '11' },
  { app: 'browser', device: 'desktop', browser: 'Safari', browser_version: '26.0', os: 'Mac OS X', os_version: '15.1' },
  { app: 'browser', device: 'mobile', browser: 'Mobile Safari', browser_version: '26.0', os: 'iOS', os_version: '26.1' },
];
const FILES = [['forecast', 'xlsx'], ['contract', 'pdf'], ['board-notes', 'docx'], ['customers', 'csv'], ['roadmap', 'pptx'],
  ['photo', 'jpg'], ['backup', 'zip'], ['design', 'fig'], ['salaries', 'xlsx'], ['readme', 'md']];
const VERBS = ['view', 'view', 'view', 'comment', 'download', 'edit', 'login', 'share', 'delete', 'create'];

const WORKSPACES = [['acme', 'corporate'], ['acme', 'corporate'], ['acme-labs', 'corporate'], ['ana-at-home', 'personal'], ['partner-gmbh', 'other']];
const consent = (client, name, redirect, level, scopes) =>
  ({ 'consent.client': client, 'consent.name': name, 'consent.redirect': redirect, 'consent.level': level, 'consent.scopes': scopes });
const CLIENTS = [consent('4711.0815', 'Meeting notes', 'notes.example', 'high', ['channels:history', 'files:read', 'users:read']),
  consent('1234.5678', 'Poll bot', 'polls.example', 'low', ['chat:write', 'users:read']),
  consent('9999.0001', '', 'unknown-sync.example', 'medium', ['files:write'])];
export const USERS = FAMILY.flatMap((family, f) => GIVEN.slice(f * 2, f * 2 + 8).map((given) => `${given}.${family}`));
export const groupOf = (user) => GROUPS[(user.length * 7 + user.charCodeAt(0)) % GROUPS.length];

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
function ulid(time, next) {
  let head = '';
  for (let left = time, i = 0; i < 10; ++i, left = Math.floor(left / 32)) head = ALPHABET[left % 32] + head;
  let tail = '';
  for (let i = 0; i < 16; ++i) tail += ALPHABET[Math.floor(next() * 32)];
  return head + tail;
}

// `count` records of the `days` before `now` (milliseconds), oldest first.
export function records({ now, days = 30, count = 4000, seed = 1 }) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const weights = APPS.map(([, , , , weight]) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const app = () => {
    let at = next() * total;
    return APPS[weights.findIndex((weight) => (at -= weight) < 0)] ?? APPS[0];
  };
  const times = [];
  while (times.length < count) {
    const time = now - next() * days * DAY;
    const date = new Date(time);
    const working = date.getUTCHours() >= 7 && date.getUTCHours() < 18 && date.getUTCDay() % 6 !== 0;
    if (next() < (working ? 1 : 0.08)) times.push(time);
  }
  return times.sort((a, b) => a - b).map((time) => {
    // Few do much: the square makes the first ones busy.
    const user = USERS[Math.floor(next() ** 2 * USERS.length)];
    const [id, name, category, host, , uploads, largest, tags] = app();
    const office = OFFICES[user.length % OFFICES.length];
    const away = next() < 0.03 ? pick(ABROAD) : null;
    const number = USERS.indexOf(user);
    const client = away
      ? { ip: `${away[0]}.${10 + number}`, port: 50000, country: away[1], asn: away[2], isp: away[3] }
      : { ip: `${office[0]}.0.${10 + number}`, port: 50000, category: 'corporate', range: office[2],
          tags: ['internal_network'], country: office[1], asn: office[3], isp: office[4] };
    const uploading = next() < uploads;
    const type = uploading ? 'upload' : pick(VERBS);
    const blocked = tags.includes('unsanctioned') && next() < 0.6;
    const size = Math.ceil(largest * next() ** 4) + 2000;
    const [stem, extension] = pick(FILES);
    const file = uploading || type === 'download'
      ? { file: { name: `${stem}-${1 + Math.floor(next() * 40)}.${extension}`, extension, size } } : {};
    const down = type === 'download' ? size : Math.ceil(4e5 * next() ** 2) + 800;
    const verdict = blocked
      ? { action: 'block', policy: 'Unsanctioned apps are refused', policy_id: 'unsanctioned-apps-are-refused',
          point: 'request', ending: 'blocked', status: 403 }
      : { action: 'allow', point: 'response', ending: 'completed', status: 200 };
    const rehearsed = uploading && category === 'generative_ai'
      ? { rehearsed: [{ policy: 'No uploads to AI apps', action: 'block' }] } : {};
    // As far as requests tell it: which workspace it is in, and what asks for rights there. No chance, so that all else stays.
    const workspace = id === 'slack' ? WORKSPACES[number % WORKSPACES.length] : null;
    const asks = workspace && Math.floor(time) % 12 === 0 ? CLIENTS[Math.floor(time / 12) % CLIENTS.length] : null;
    const told = workspace ? { details: { account: `${user}@corp.example`, ...asks, instance: workspace[0], 'instance.kind': workspace[1] } } : {};
    return {
      id: ulid(Math.floor(time), next), kind: 'exchange', time: new Date(time).toISOString(),
      duration_us: 8000 + Math.floor(next() * 400000), connection_id: '00000000000000ff', stream_id: 1,
      snapshot: '3f1c0ffee0ddba11', user, user_source: 'address_map', groups: [groupOf(user), 'staff'], client,
      destination: { ip: '192.0.2.80', category: 'cloud_provider', country: 'US', asn: 64600, isp: 'Example Cloud' },
      scheme: 'https', host, domain: host.split('.').slice(-2).join('.'), host_kind: 'app', port: 443,
      method: uploading ? 'POST' : 'GET', path: uploading ? '/upload' : '/', agent: AGENTS[number % AGENTS.length],
      user_agent: 'Mozilla/5.0', app: { id, name, category, ...(tags.length > 0 && { tags }) }, type: asks ? 'consent' : type, ...told, intercepted: true,
      activities: [{ type: asks ? 'consent' : type, action: verdict.action, point: verdict.point, ...file, ...told }],
      bytes_in: uploading ? (blocked ? 0 : size) + 600 : 900, bytes_out: blocked ? 300 : down, ...file, ...verdict,
      ...rehearsed,
    };
  });
}

function crc32(bytes) {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; ++bit) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}

// discovery/events/journal.cc says how a journal looks.
export function writeJournal(path, events) {
  const parts = [Buffer.concat([Buffer.from('SPBLOCK1'), Buffer.alloc(8)])];
  for (const event of events) {
    const bytes = Buffer.from(JSON.stringify(event));
    const head = Buffer.alloc(8);
    head.writeUInt32LE(bytes.length, 0);
    head.writeUInt32LE(crc32(bytes), 4);
    parts.push(head, bytes);
  }
  parts.push(Buffer.alloc(4096));
  writeFileSync(path, Buffer.concat(parts), { mode: 0o600 });
}
