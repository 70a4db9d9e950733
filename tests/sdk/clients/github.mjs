import { Octokit } from '@octokit/rest';
import { content, same } from './content.mjs';

const github = new Octokit({ auth: 'ghp_test' });
const app = { owner: 'example', repo: 'app' };

export const calls = {
  who_am_i: () => github.users.getAuthenticated(),
  look_at_repository: () => github.repos.get(app),
  create_repository: () => github.repos.createInOrg({ org: 'example', name: 'new-app', private: true }),
  publish_repository: () => github.repos.update({ ...app, private: false }),
  rename_repository: () => github.repos.update({ ...app, name: 'better-app' }),
  delete_repository: () => github.repos.delete(app),
  fork_repository: () => github.repos.createFork(app),
  add_collaborator: () => github.repos.addCollaborator({ ...app, username: 'eve', permission: 'push' }),
  remove_collaborator: () => github.repos.removeCollaborator({ ...app, username: 'eve' }),
  invite_to_organization: () => github.orgs.createInvitation({ org: 'example', email: 'new@example.org', role: 'direct_member' }),
  list_issues: () => github.issues.listForRepo(app),
  create_issue: () => github.issues.create({ ...app, title: 'It fails', body: 'always' }),
  close_issue: () => github.issues.update({ ...app, issue_number: 42, state: 'closed' }),
  comment_on_issue: () => github.issues.createComment({ ...app, issue_number: 42, body: 'me too' }),
  open_pull_request: () => github.pulls.create({ ...app, title: 'Mend it', head: 'mend', base: 'main' }),
  merge_pull_request: () => github.pulls.merge({ ...app, pull_number: 43 }),
  read_file: () => github.repos.getContent({ ...app, path: 'README.md' }),
  write_file: () => github.repos.createOrUpdateFileContents({
    ...app, path: 'conf/key.txt', message: 'a key', content: content(3000, 8).toString('base64'),
  }),
  delete_file: () => github.repos.deleteFile({ ...app, path: 'conf/key.txt', message: 'no key', sha: '980a0d5' }),
  download_archive: async () => {
    const { data } = await github.repos.downloadZipballArchive({ ...app, ref: 'main' });
    same(data, content(5000), 'the archive');
  },
  create_release: () => github.repos.createRelease({ ...app, tag_name: 'v1', name: 'One' }),
  upload_release_asset: () => github.repos.uploadReleaseAsset({ ...app, release_id: 88, name: 'app.zip', data: content(40000, 9), headers: { 'content-type': 'application/zip' } }),
  create_public_gist: () => github.gists.create({ public: true, files: { 'dump.sql': { content: 'select 1;' } } }),
  set_secret: () => github.actions.createOrUpdateRepoSecret({ ...app, secret_name: 'TOKEN', encrypted_value: 'eA==', key_id: '1' }),
  add_webhook: () => github.repos.createWebhook({ ...app, config: { url: 'https://rival.example/hook', content_type: 'json' }, events: ['push'] }),
  add_deploy_key: () => github.repos.createDeployKey({ ...app, title: 'laptop', key: 'ssh-ed25519 AAAA', read_only: false }),
};
