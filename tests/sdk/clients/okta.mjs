import okta from '@okta/okta-sdk-nodejs';

const client = new okta.Client({ orgUrl: 'https://example.okta.com', token: 'test' });
const profile = { login: 'new@example.org', email: 'new@example.org', firstName: 'New', lastName: 'One' };

export const calls = {
  list_users: async () => { for await (const one of await client.userApi.listUsers()) void one; },
  read_user: () => client.userApi.getUser({ userId: '00u1' }),
  create_user: () => client.userApi.createUser({ body: { profile } }),
  edit_user: () => client.userApi.updateUser({ userId: '00u1', user: { profile } }),
  suspend_user: () => client.userApi.suspendUser({ userId: '00u1' }),
  delete_user: () => client.userApi.deleteUser({ userId: '00u1' }),
  reset_factors: () => client.userApi.resetFactors({ userId: '00u1' }),
  make_super_admin: () => client.roleAssignmentApi.assignRoleToUser({ userId: '00u1', assignRoleRequest: { type: 'SUPER_ADMIN' } }),
  create_group: () => client.groupApi.createGroup({ group: { profile: { name: 'Admins' } } }),
  add_to_group: () => client.groupApi.assignUserToGroup({ groupId: '00g1', userId: '00u1' }),
  read_system_log: async () => { for await (const one of await client.systemLogApi.listLogEvents()) void one; },
};
