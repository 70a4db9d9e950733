import { Gitlab } from '@gitbeaker/rest';
import { content, same } from './content.mjs';

const gitlab = new Gitlab({ token: 'glpat-test' });

export const calls = {
  who_am_i: () => gitlab.Users.showCurrentUser(),
  create_project: () => gitlab.Projects.create({ name: 'new-app', visibility: 'private' }),
  publish_project: () => gitlab.Projects.edit('example/app', { visibility: 'public' }),
  delete_project: () => gitlab.Projects.remove('example/app'),
  fork_project: () => gitlab.Projects.fork('example/app'),
  list_issues: () => gitlab.Issues.all({ projectId: 'example/app', maxPages: 1 }),
  create_issue: () => gitlab.Issues.create('example/app', 'It fails', { description: 'always' }),
  close_issue: () => gitlab.Issues.edit('example/app', 14, { stateEvent: 'close' }),
  comment_on_issue: () => gitlab.IssueNotes.create('example/app', 14, 'me too'),
  open_merge_request: () => gitlab.MergeRequests.create('example/app', 'mend', 'main', 'Mend it'),
  merge: () => gitlab.MergeRequests.merge('example/app', 20),
  add_member: () => gitlab.ProjectMembers.add('example/app', 30, { userId: 9 }),
  remove_member: () => gitlab.ProjectMembers.remove('example/app', 9),
  invite_by_mail: () => gitlab.ProjectInvitations.add('example/app', 30, { email: 'eve@rival.example' }),
  upload_to_issue: () => gitlab.ProjectMarkdownUploads.create('example/app', { content: new Blob([content(3000, 30)]), filename: 'screen.png' }),
  write_file: () => gitlab.RepositoryFiles.create('example/app', 'conf/key.txt', 'main', content(3000, 31).toString('base64'), 'a key', { encoding: 'base64' }),
  delete_file: () => gitlab.RepositoryFiles.remove('example/app', 'conf/key.txt', 'main', 'no key'),
  download_archive: async () => same(await (await gitlab.Repositories.showArchive('example/app', { fileType: 'tar.gz' })).arrayBuffer(), content(5000), 'the archive'),
  create_branch: () => gitlab.Branches.create('example/app', 'mend', 'main'),
  set_variable: () => gitlab.ProjectVariables.create('example/app', 'TOKEN', 'secret'),
  add_webhook: () => gitlab.ProjectHooks.add('example/app', 'https://rival.example/hook'),
  create_public_snippet: () => gitlab.Snippets.create('dump', { visibility: 'public', files: [{ filePath: 'dump.sql', content: 'select 1;' }] }),
};
