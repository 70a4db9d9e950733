import { ConfluenceClient } from 'confluence.js';
import { content, same } from './content.mjs';

const confluence = new ConfluenceClient({ host: 'https://example.atlassian.net', authentication: { basic: { email: 'ana@example.org', apiToken: 'test' } } });
const body = { storage: { value: '<p>hello</p>', representation: 'storage' } };

export const calls = {
  who_am_i: () => confluence.users.getCurrentUser(),
  search: () => confluence.content.searchContentByCQL({ cql: 'text ~ plan' }),
  create_page: () => confluence.content.createContent({ type: 'page', title: 'Plan', space: { key: 'APP' }, body }),
  read_page: () => confluence.content.getContentById({ id: '65538' }),
  edit_page: () => confluence.content.updateContent({ id: '65538', type: 'page', title: 'Plan', body, version: { number: 2 } }),
  delete_page: () => confluence.content.deleteContent({ id: '65538' }),
  comment: () => confluence.content.createContent({ type: 'comment', container: { id: '65538', type: 'page' }, body }),
  attach_file: () => confluence.contentAttachments.createAttachments({ id: '65538', attachments: [{ file: content(4000, 41), filename: 'plan.docx', minorEdit: false }] }),
  download_attachment: async () => same(await confluence.contentAttachments.downloadAttachment({ id: '65538', attachmentId: 'att1' }), content(5000), 'the file'),
  create_space: () => confluence.space.createSpace({ key: 'NEW', name: 'New' }),
  delete_space: () => confluence.space.deleteSpace({ spaceKey: 'NEW' }),
  open_space_to_group: () => confluence.spacePermissions.addPermissionToSpace({
    spaceKey: 'APP', subject: { type: 'group', identifier: 'everyone' }, operation: { key: 'read', target: 'space' },
  }),
};
