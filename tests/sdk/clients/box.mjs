import { Readable } from 'node:stream';
import { BoxClient, BoxDeveloperTokenAuth, BoxCcgAuth, CcgConfig } from 'box-node-sdk';
import { content, same } from './content.mjs';

const box = new BoxClient({ auth: new BoxDeveloperTokenAuth({ token: 'test' }) });
const stream = (bytes) => Readable.from([bytes]);

export const calls = {
  sign_in_as_an_app: async () => {
    const auth = new BoxCcgAuth({ config: new CcgConfig({ clientId: 'app', clientSecret: 'x', enterpriseId: '877840855' }) });
    await auth.refreshToken();
  },
  upload: () => box.uploads.uploadFile({ attributes: { name: 'report.pdf', parent: { id: '0' } }, file: stream(content(2000, 4)) }),
  upload_new_version: () => box.uploads.uploadFileVersion('12345', {
    attributes: { name: 'report.pdf' }, file: stream(content(2100, 5)), fileFileName: 'report.pdf',
  }),
  upload_big_file: () => box.chunkedUploads.uploadBigFile(stream(content(20971520, 6)), 'film.mp4', 20971520, '0'),
  download: async () => {
    const pieces = [];
    for await (const piece of await box.downloads.downloadFile('12345')) pieces.push(piece);
    same(Buffer.concat(pieces), content(5000), 'the file');
  },
  list: () => box.folders.getFolderItems('8898'),
  create_folder: () => box.folders.createFolder({ name: 'Q4', parent: { id: '0' } }),
  delete: () => box.files.deleteFileById('12345'),
  rename: () => box.files.updateFileById('12345', { requestBody: { name: 'renamed.pdf' } }),
  move: () => box.files.updateFileById('12345', { requestBody: { parent: { id: '8898' } } }),
  copy: () => box.files.copyFile('12345', { parent: { id: '8898' } }),
  share_link_with_anyone: () => box.sharedLinksFiles.addShareLinkToFile('12345', { sharedLink: { access: 'open' } }, { fields: 'shared_link' }),
  share_link_with_the_company: () =>
    box.sharedLinksFiles.addShareLinkToFile('12345', { sharedLink: { access: 'company' } }, { fields: 'shared_link' }),
  collaborate: () => box.userCollaborations.createCollaboration({
    item: { type: 'folder', id: '8898' }, accessibleBy: { type: 'user', login: 'eve@rival.example' }, role: 'editor',
  }),
  end_collaboration: () => box.userCollaborations.deleteCollaborationById('12345678'),
  comment: () => box.comments.createComment({ message: 'please look', item: { id: '12345', type: 'file' } }),
  create_user: () => box.users.createUser({ name: 'New One', login: 'new@example.org' }),
};
