import { content } from './content.mjs';

export const source = 'docusign-esign 10.0.0 (npm): src/model, src/api';
export const hosts = ['demo.docusign.net', 'account-d.docusign.com'];

const host = 'demo.docusign.net';
const v = '/restapi/v2.1/accounts/{account}';

export const routes = [
  ['GET', 'account-d.docusign.com', '/oauth/userinfo', () => ({ json: { sub: '564f7988', name: 'Ana', email: 'ana@example.org', accounts: [{ account_id: 'fe0b61a3', is_default: true, account_name: 'Example', base_uri: 'https://demo.docusign.net' }] } })],
  ['POST', 'account-d.docusign.com', '/oauth/token', () => ({ json: { access_token: 'test', token_type: 'Bearer', expires_in: 28800 } })],
  ['GET', host, `${v}/envelopes`, () => ({ json: { resultSetSize: '1', totalSetSize: '1', envelopes: [{ envelopeId: '44efc9e6', status: 'sent' }] } })],
  ['POST', host, `${v}/envelopes`, (request) => {
    for (const { name, documentBase64 } of request.json.documents ?? []) request.keep(name, Buffer.from(documentBase64, 'base64'));
    return { status: 201, json: { envelopeId: '44efc9e6', status: request.json.status, statusDateTime: '2026-11-26T10:00:00Z', uri: '/envelopes/44efc9e6' } };
  }],
  ['GET', host, `${v}/envelopes/{id}`, (request) => ({ json: { envelopeId: request.parameters.id, status: 'sent', emailSubject: 'Please sign' } })],
  ['PUT', host, `${v}/envelopes/{id}`, (request) => ({ json: { envelopeId: request.parameters.id } })],
  ['GET', host, `${v}/envelopes/{id}/documents/{document}`, () => ({ bytes: content(5000), headers: { 'content-type': 'application/pdf', 'content-disposition': 'file; filename="contract.pdf"; documentid="1"' } })],
  ['POST', host, `${v}/envelopes/{id}/recipients`, (request) => ({ status: 201, json: { signers: request.json.signers } })],
  ['POST', host, `${v}/templates`, () => ({ status: 201, json: { templateId: 't1', name: 'NDA' } })],
  ['POST', host, `${v}/users`, (request) => ({ status: 201, json: { newUsers: request.json.newUsers.map(({ email, userName }) => ({ email, userName, userId: 'u9' })) } })],
];
