import docusign from 'docusign-esign';
import { content } from './content.mjs';

const client = new docusign.ApiClient();
client.setBasePath('https://demo.docusign.net/restapi');
client.setOAuthBasePath('account-d.docusign.com');
client.addDefaultHeader('Authorization', 'Bearer test');
const envelopes = new docusign.EnvelopesApi(client);
const account = 'fe0b61a3';
const envelope = (status, seed) => ({
  envelopeDefinition: {
    emailSubject: 'Please sign', status,
    documents: [{ documentBase64: content(3000, seed).toString('base64'), name: 'contract.pdf', fileExtension: 'pdf', documentId: '1' }],
    recipients: { signers: [{ email: 'eve@rival.example', name: 'Eve', recipientId: '1' }] },
  },
});

export const calls = {
  who_am_i: () => client.getUserInfo('test'),
  list: () => envelopes.listStatusChanges(account, { fromDate: '2026-11-01' }),
  send: () => envelopes.createEnvelope(account, envelope('sent', 38)),
  draft: () => envelopes.createEnvelope(account, envelope('created', 39)),
  look_at: () => envelopes.getEnvelope(account, '44efc9e6'),
  download: () => envelopes.getDocument(account, '44efc9e6', '1'),
  void: () => envelopes.update(account, '44efc9e6', { envelope: { status: 'voided', voidedReason: 'wrong' } }),
  add_signer: () => envelopes.createRecipient(account, '44efc9e6', { recipients: { signers: [{ email: 'max@rival.example', name: 'Max', recipientId: '2' }] } }),
  create_template: () => new docusign.TemplatesApi(client).createTemplate(account, { envelopeTemplate: { name: 'NDA' } }),
  create_user: () => new docusign.UsersApi(client).create(account, { newUsersDefinition: { newUsers: [{ email: 'new@example.org', userName: 'New' }] } }),
};
