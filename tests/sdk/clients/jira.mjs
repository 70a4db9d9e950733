import { Version3Client } from 'jira.js';
import { content, same } from './content.mjs';

const jira = new Version3Client({ host: 'https://example.atlassian.net', authentication: { basic: { email: 'ana@example.org', apiToken: 'test' } } });
const key = { issueIdOrKey: 'APP-24' };

export const calls = {
  who_am_i: () => jira.myself.getCurrentUser(),
  search: () => jira.issueSearch.searchForIssuesUsingJqlEnhancedSearch({ jql: 'project = APP' }),
  create_issue: () => jira.issues.createIssue({ fields: { project: { key: 'APP' }, summary: 'It fails', issuetype: { name: 'Bug' } } }),
  read_issue: () => jira.issues.getIssue(key),
  edit_issue: () => jira.issues.editIssue({ ...key, fields: { summary: 'It always fails' } }),
  move_to_done: () => jira.issues.doTransition({ ...key, transition: { id: '31' } }),
  assign: () => jira.issues.assignIssue({ ...key, accountId: '5b10a2844c20165700ede21g' }),
  delete_issue: () => jira.issues.deleteIssue(key),
  comment: () => jira.issueComments.addComment({ ...key, comment: 'me too' }),
  attach_file: () => jira.issueAttachments.addAttachment({ ...key, attachment: { filename: 'screen.png', file: content(3000, 32) } }),
  download_attachment: async () => same(await jira.issueAttachments.getAttachmentContent({ id: '10001' }), content(5000), 'the file'),
  create_project: () => jira.projects.createProject({ key: 'NEW', name: 'New', projectTypeKey: 'software', leadAccountId: '5b10a2844c20165700ede21g' }),
  delete_project: () => jira.projects.deleteProject({ projectIdOrKey: 'NEW' }),
  add_to_role: () => jira.projectRoleActors.addActorUsers({ projectIdOrKey: 'APP', id: 10002, user: ['5b10a2844c20165700ede21g'] }),
  create_user: () => jira.users.createUser({ emailAddress: 'new@example.org', products: ['jira-software'] }),
  add_to_group: () => jira.groups.addUserToGroup({ groupname: 'admins', accountId: '5b10a2844c20165700ede21g' }),
  share_filter_with_all: () => jira.filterSharing.addSharePermission({ id: 10000, type: 'global' }),
};
