import { auth, gmail as connect } from '@googleapis/gmail';

const signed_in = new auth.OAuth2('app', 'secret', 'https://app.example/back');
signed_in.setCredentials({ access_token: 'ya29.test', expiry_date: Date.now() + 3600000 });
const gmail = connect({ version: 'v1', auth: signed_in });
const me = { userId: 'ana@example.org' };
const letter = 'From: ana@example.org\r\nTo: eve@rival.example\r\nSubject: figures\r\n\r\nhere they are\r\n';
const raw = Buffer.from(letter).toString('base64url');

export const calls = {
  who_am_i: () => gmail.users.getProfile(me),
  send: () => gmail.users.messages.send({ ...me, requestBody: { raw } }),
  send_as_a_body: () => gmail.users.messages.send({ ...me, media: { mimeType: 'message/rfc822', body: letter } }),
  list: () => gmail.users.messages.list(me),
  read: () => gmail.users.messages.get({ ...me, id: '18abc' }),
  download_attachment: () => gmail.users.messages.attachments.get({ ...me, messageId: '18abc', id: 'ANGjdJ8' }),
  trash: () => gmail.users.messages.trash({ ...me, id: '18abc' }),
  delete: () => gmail.users.messages.delete({ ...me, id: '18abc' }),
  draft: () => gmail.users.drafts.create({ ...me, requestBody: { message: { raw } } }),
  send_draft: () => gmail.users.drafts.send({ ...me, requestBody: { id: 'r-1' } }),
  forward_all_mail: () => gmail.users.settings.forwardingAddresses.create({ ...me, requestBody: { forwardingEmail: 'eve@rival.example' } }),
  delegate_mailbox: () => gmail.users.settings.delegates.create({ ...me, requestBody: { delegateEmail: 'eve@rival.example' } }),
  create_label: () => gmail.users.labels.create({ ...me, requestBody: { name: 'Later' } }),
};
