export const source = '@googleapis/gmail 18.0.0 (npm): build/v1.d.ts';
export const hosts = ['gmail.googleapis.com'];

const host = 'gmail.googleapis.com';
const at = '/gmail/v1/users/{user}';
const message = (id) => ({ id, threadId: id, labelIds: ['INBOX'], snippet: 'hello', historyId: '1', payload: { mimeType: 'text/plain', headers: [{ name: 'Subject', value: 'hello' }], body: { size: 5, data: 'aGVsbG8' } } });

export const routes = [
  ['GET', host, `${at}/profile`, () => ({ json: { emailAddress: 'ana@example.org', messagesTotal: 1, threadsTotal: 1, historyId: '1' } })],
  ['POST', host, `${at}/messages/send`, () => ({ json: { id: '18sent', threadId: '18sent', labelIds: ['SENT'] } })],
  ['POST', host, `/upload${at}/messages/send`, (request) => {
    request.keep('message', request.parts.at(-1)?.bytes ?? request.body);
    return { json: { id: '18sent', threadId: '18sent', labelIds: ['SENT'] } };
  }],
  ['GET', host, `${at}/messages`, () => ({ json: { messages: [{ id: '18abc', threadId: '18abc' }], resultSizeEstimate: 1 } })],
  ['GET', host, `${at}/messages/{id}`, (request) => ({ json: message(request.parameters.id) })],
  ['GET', host, `${at}/messages/{id}/attachments/{attachment}`, () => ({ json: { size: 5, data: 'aGVsbG8' } })],
  ['POST', host, `${at}/messages/{id}/trash`, (request) => ({ json: { ...message(request.parameters.id), labelIds: ['TRASH'] } })],
  ['DELETE', host, `${at}/messages/{id}`, () => ({ status: 204 })],
  ['POST', host, `${at}/drafts`, () => ({ json: { id: 'r-1', message: { id: '18draft', threadId: '18draft' } } })],
  ['POST', host, `${at}/drafts/send`, () => ({ json: { id: '18sent', threadId: '18sent', labelIds: ['SENT'] } })],
  ['POST', host, `${at}/settings/forwardingAddresses`, (request) => ({ json: { ...request.json, verificationStatus: 'pending' } })],
  ['POST', host, `${at}/settings/delegates`, (request) => ({ json: { ...request.json, verificationStatus: 'accepted' } })],
  ['POST', host, `${at}/labels`, (request) => ({ json: { id: 'Label_1', ...request.json } })],
];
