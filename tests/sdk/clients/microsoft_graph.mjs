import { BatchRequestContent, Client, LargeFileUploadTask, FileUpload } from '@microsoft/microsoft-graph-client';
import { content, same } from './content.mjs';

const graph = Client.init({ authProvider: (done) => done(null, 'test') });
const mail = { subject: 'figures', body: { contentType: 'Text', content: 'here they are' }, toRecipients: [{ emailAddress: { address: 'eve@rival.example' } }] };
const item = '/me/drive/items/01FILE';

export const calls = {
  who_am_i: () => graph.api('/me').get(),
  upload: () => graph.api('/me/drive/root:/Reports/report.pdf:/content').put(content(2000, 16)),
  upload_in_a_session: async () => {
    const bytes = content(983040 + 1000, 17);
    const session = await LargeFileUploadTask.createUploadSession(graph, '/me/drive/root:/Reports/film.mp4:/createUploadSession', { item: { name: 'film.mp4' } });
    await new LargeFileUploadTask(graph, new FileUpload(bytes, 'film.mp4', bytes.length), session, { rangeSize: 327680 }).upload();
  },
  download: async () => {
    const got = await graph.api(`${item}/content`).responseType('arraybuffer').get();
    same(got, content(5000), 'the file');
  },
  list: () => graph.api('/me/drive/root/children').get(),
  create_folder: () => graph.api('/me/drive/root/children').post({ name: 'Q4', folder: {} }),
  rename: () => graph.api(item).patch({ name: 'renamed.pdf' }),
  move: () => graph.api(item).patch({ parentReference: { id: '01OTHER' } }),
  delete: () => graph.api(item).delete(),
  copy: () => graph.api(`${item}/copy`).post({ parentReference: { driveId: 'b!drive', id: '01OTHER' }, name: 'copy.pdf' }),
  share_link_with_anyone: () => graph.api(`${item}/createLink`).post({ type: 'view', scope: 'anonymous' }),
  share_link_with_the_company: () => graph.api(`${item}/createLink`).post({ type: 'edit', scope: 'organization' }),
  share_with_person: () => graph.api(`${item}/invite`).post({ recipients: [{ email: 'eve@rival.example' }], roles: ['write'], requireSignIn: true, sendInvitation: true }),
  unshare: () => graph.api(`${item}/permissions/p1`).delete(),
  send_mail: () => graph.api('/me/sendMail').post({ message: mail }),
  read_mails: () => graph.api('/me/messages').get(),
  forward_mail: () => graph.api('/me/messages/AAMkAD/forward').post({ comment: 'see', toRecipients: mail.toRecipients }),
  delete_mail: () => graph.api('/me/messages/AAMkAD').delete(),
  create_event: () => graph.api('/me/events').post({ subject: 'Review', attendees: [{ emailAddress: { address: 'eve@rival.example' }, type: 'required' }] }),
  post_in_channel: () => graph.api('/teams/fbe2bf47/channels/19:4a95@thread.tacv2/messages').post({ body: { content: 'hello all' } }),
  write_in_chat: () => graph.api('/chats/19:2da4@thread.v2/messages').post({ body: { content: 'hello' } }),
  create_user: () => graph.api('/users').post({ accountEnabled: true, displayName: 'New One', userPrincipalName: 'new@example.org', mailNickname: 'new', passwordProfile: { password: 'x' } }),
  delete_user: () => graph.api('/users/87d349ed').delete(),
  invite_guest: () => graph.api('/invitations').post({ invitedUserEmailAddress: 'eve@rival.example', inviteRedirectUrl: 'https://myapp.example' }),
  add_to_group: () => graph.api('/groups/g1/members/$ref').post({ '@odata.id': 'https://graph.microsoft.com/v1.0/directoryObjects/87d349ed' }),
  batch: async () => {
    const batch = new BatchRequestContent([
      { id: '1', request: new Request('https://graph.microsoft.com/me/sendMail', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message: mail }) }) },
      { id: '2', request: new Request('https://graph.microsoft.com/me/messages', { method: 'GET' }) },
    ]);
    await graph.api('/$batch').post(await batch.getContent());
  },
};
