import { content } from './content.mjs';

export const source = '@slack/web-api 8.2.0 (npm): dist/WebClient.js (filesUploadV2) and dist/types/response/*.d.ts';
export const hosts = ['slack.com', 'files.slack.com'];

const tickets = new Map();
const api = 'slack.com';
const message = (request) => ({
  json: {
    ok: true, channel: request.form.channel, ts: '1764151200.000100',
    message: { type: 'message', user: 'U0ANA', text: request.form.text, ts: '1764151200.000100', team: 'T0EXAMPLE' },
  },
});
const ok = () => ({ json: { ok: true } });

export const routes = [
  ['POST', api, '/api/auth.test', () => ({
    json: { ok: true, url: 'https://example.slack.com/', team: 'Example', user: 'ana', team_id: 'T0EXAMPLE', user_id: 'U0ANA' },
  })],
  ['POST', api, '/api/oauth.v2.access', () => ({
    json: { ok: true, access_token: 'xoxb-test', token_type: 'bot', scope: 'chat:write', bot_user_id: 'U0BOT', app_id: 'A0APP',
      team: { id: 'T0EXAMPLE', name: 'Example' }, authed_user: { id: 'U0ANA' } },
  })],
  ['POST', api, '/api/chat.postMessage', message],
  ['POST', api, '/api/chat.update', message],
  ['POST', api, '/api/chat.delete', (request) => ({ json: { ok: true, channel: request.form.channel, ts: request.form.ts } })],
  ['POST', api, '/api/conversations.list', () => ({
    json: { ok: true, channels: [{ id: 'C0GENERAL', name: 'general', is_channel: true }], response_metadata: { next_cursor: '' } },
  })],
  ['POST', api, '/api/conversations.history', () => ({ json: { ok: true, messages: [{ type: 'message', user: 'U0ANA', text: 'hello', ts: '1' }], has_more: false } })],
  ['POST', api, '/api/conversations.create', (request) => ({ json: { ok: true, channel: { id: 'C0PROJECT', name: request.form.name, is_channel: true } } })],
  ['POST', api, '/api/conversations.archive', ok],
  ['POST', api, '/api/conversations.invite', (request) => ({ json: { ok: true, channel: { id: request.form.channel, name: 'project' } } })],
  ['POST', api, '/api/conversations.inviteShared', () => ({ json: { ok: true, invite_id: 'I0INVITE', is_legacy_shared_channel: false } })],
  ['POST', api, '/api/conversations.rename', (request) => ({ json: { ok: true, channel: { id: request.form.channel, name: request.form.name } } })],
  ['POST', api, '/api/admin.users.invite', ok],
  ['POST', api, '/api/files.getUploadURLExternal', (request) => {
    const id = `F0FILE${tickets.size}`;
    tickets.set(id, request.form.filename);
    return { json: { ok: true, upload_url: `https://files.slack.com/upload/v1/${id}`, file_id: id } };
  }],
  ['POST', 'files.slack.com', '/upload/v1/{id}', (request) => {
    request.keep(tickets.get(request.parameters.id), request.parts[0]?.bytes ?? request.body);
    return { text: `OK - ${request.body.length}` };
  }],
  ['POST', api, '/api/files.completeUploadExternal', (request) => ({
    json: { ok: true, files: JSON.parse(request.form.files).map(({ id, title }) => ({ id, title, name: tickets.get(id) })) },
  })],
  ['POST', api, '/api/files.sharedPublicURL', (request) => ({
    json: { ok: true, file: { id: request.form.file, name: 'plan.docx', permalink_public: 'https://slack-files.com/T0EXAMPLE-F0-1' } },
  })],
  ['POST', api, '/api/files.delete', ok],
  ['GET', 'files.slack.com', '/files-pri/{id}/download/{name}', () => ({
    bytes: content(5000), headers: { 'content-disposition': 'attachment; filename="plan.docx"' },
  })],
];
