import { WebClient } from '@slack/web-api';
import { content, same } from './content.mjs';

const slack = new WebClient('xoxp-test');

export const calls = {
  install_an_app: () => new WebClient().oauth.v2.access({ client_id: '1.2', client_secret: 'x', code: 'c' }),
  who_am_i: () => slack.auth.test(),
  post_message: () => slack.chat.postMessage({ channel: 'C0GENERAL', text: 'hello all' }),
  edit_message: () => slack.chat.update({ channel: 'C0GENERAL', ts: '1764151200.000100', text: 'hello everybody' }),
  delete_message: () => slack.chat.delete({ channel: 'C0GENERAL', ts: '1764151200.000100' }),
  list_channels: () => slack.conversations.list(),
  read_channel: () => slack.conversations.history({ channel: 'C0GENERAL' }),
  create_channel: () => slack.conversations.create({ name: 'project' }),
  archive_channel: () => slack.conversations.archive({ channel: 'C0PROJECT' }),
  rename_channel: () => slack.conversations.rename({ channel: 'C0PROJECT', name: 'project-x' }),
  invite_to_channel: () => slack.conversations.invite({ channel: 'C0PROJECT', users: 'U0BEN' }),
  invite_another_company: () => slack.conversations.inviteShared({ channel: 'C0PROJECT', emails: ['eve@rival.example'] }),
  invite_to_workspace: () => slack.admin.users.invite({ team_id: 'T0EXAMPLE', email: 'new@example.org', channel_ids: 'C0GENERAL' }),
  upload_file: () => slack.filesUploadV2({ channel_id: 'C0GENERAL', file: content(30000, 7), filename: 'plan.docx' }),
  publish_file: () => slack.files.sharedPublicURL({ file: 'F0FILE0' }),
  delete_file: () => slack.files.delete({ file: 'F0FILE0' }),
  download_file: async () => {
    const reply = await fetch('https://files.slack.com/files-pri/T0EXAMPLE-F0FILE0/download/plan.docx', { headers: { authorization: 'Bearer xoxp-test' } });
    same(await reply.arrayBuffer(), content(5000), 'the file');
  },
};
