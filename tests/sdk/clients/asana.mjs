import fs from 'node:fs';
import asana from 'asana';
import { content } from './content.mjs';

asana.ApiClient.instance.authentications.token.accessToken = 'test';
const tasks = new asana.TasksApi();
const projects = new asana.ProjectsApi();
const workspaces = new asana.WorkspacesApi();

export const calls = {
  who_am_i: () => new asana.UsersApi().getUser('me'),
  list_tasks: () => tasks.getTasks({ project: '555' }),
  create_task: () => tasks.createTask({ data: { name: 'Buy food', workspace: '99' } }),
  read_task: () => tasks.getTask('111'),
  complete_task: () => tasks.updateTask({ data: { completed: true } }, '111'),
  delete_task: () => tasks.deleteTask('111'),
  comment: () => new asana.StoriesApi().createStoryForTask({ data: { text: 'done' } }, '111'),
  attach_file: () => {
    fs.writeFileSync('plan.docx', content(4000, 35));
    return new asana.AttachmentsApi().createAttachmentForObject({ resource_subtype: 'asana', parent: '111', file: fs.createReadStream('plan.docx') });
  },
  create_project: () => projects.createProject({ data: { name: 'Launch', workspace: '99' } }),
  delete_project: () => projects.deleteProject('555'),
  share_project: () => projects.addMembersForProject({ data: { members: 'eve@rival.example' } }, '555'),
  invite_to_workspace: () => workspaces.addUserForWorkspace({ data: { user: 'new@example.org' } }, '99'),
  remove_from_workspace: () => workspaces.removeUserForWorkspace({ data: { user: 'new@example.org' } }, '99'),
};
