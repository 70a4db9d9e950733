import { Readable } from 'node:stream';
import { auth, drive as connect } from '@googleapis/drive';
import { content, same } from './content.mjs';

const signed_in = new auth.OAuth2('app', 'secret', 'https://app.example/back');
signed_in.setCredentials({ access_token: 'ya29.test', expiry_date: Date.now() + 3600000 });
const drive = connect({ version: 'v3', auth: signed_in });
const id = '1AbCdEfGhIjKlMnOpQrStUvWxYz012345';

export const calls = {
  exchange_a_code: () => new auth.OAuth2('app', 'secret', 'https://app.example/back').getToken('code'),
  upload: () => drive.files.create({
    requestBody: { name: 'report.pdf', parents: ['1FolderId'] }, media: { mimeType: 'application/pdf', body: Readable.from([content(2000, 10)]) },
  }),
  create_folder: () => drive.files.create({ requestBody: { name: 'Q4', mimeType: 'application/vnd.google-apps.folder' } }),
  list: () => drive.files.list({ pageSize: 10 }),
  look_at: () => drive.files.get({ fileId: id }),
  download: async () => {
    const { data } = await drive.files.get({ fileId: id, alt: 'media' }, { responseType: 'arraybuffer' });
    same(data, content(5000), 'the file');
  },
  export_document: () => drive.files.export({ fileId: id, mimeType: 'application/pdf' }, { responseType: 'arraybuffer' }),
  rename: () => drive.files.update({ fileId: id, requestBody: { name: 'renamed.pdf' } }),
  move: () => drive.files.update({ fileId: id, addParents: '1OtherFolder', removeParents: '1FolderId' }),
  trash: () => drive.files.update({ fileId: id, requestBody: { trashed: true } }),
  delete: () => drive.files.delete({ fileId: id }),
  copy: () => drive.files.copy({ fileId: id, requestBody: { name: 'copy.pdf' } }),
  share_with_person: () => drive.permissions.create({ fileId: id, requestBody: { type: 'user', role: 'writer', emailAddress: 'eve@rival.example' } }),
  share_with_anyone: () => drive.permissions.create({ fileId: id, requestBody: { type: 'anyone', role: 'reader' } }),
  share_with_domain: () => drive.permissions.create({ fileId: id, requestBody: { type: 'domain', role: 'reader', domain: 'rival.example' } }),
  unshare: () => drive.permissions.delete({ fileId: id, permissionId: '0123' }),
  comment: () => drive.comments.create({ fileId: id, fields: '*', requestBody: { content: 'please look' } }),
  create_shared_drive: () => drive.drives.create({ requestId: 'r1', requestBody: { name: 'Team' } }),
};
