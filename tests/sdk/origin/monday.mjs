export const source = '@mondaydotcomorg/api 14.0.0 (npm): its GraphQL types (dist/types/generated/sdk.d.ts)';
export const hosts = ['api.monday.com'];

const replies = [
  [/\bcreate_item\b/, { create_item: { id: '1234567890' } }],
  [/\bdelete_item\b/, { delete_item: { id: '1234567890' } }],
  [/\bchange_simple_column_value\b/, { change_simple_column_value: { id: '1234567890' } }],
  [/\bcreate_update\b/, { create_update: { id: '55' } }],
  [/\bcreate_board\b/, { create_board: { id: '42' } }],
  [/\bdelete_board\b/, { delete_board: { id: '42' } }],
  [/\badd_users_to_board\b/, { add_users_to_board: [{ id: '7' }] }],
  [/\binvite_users\b/, { invite_users: { invited_users: [{ id: '8', email: 'new@example.org' }], errors: null } }],
  [/\bme\b/, { me: { id: '1', name: 'Ana' } }],
  [/\bboards\b/, { boards: [{ id: '42', items_page: { items: [] } }] }],
];

export const routes = [
  ['POST', hosts[0], '/v2', (request) => {
    const found = replies.find(([asks]) => asks.test(request.json.query));
    return found ? { json: { data: found[1], account_id: 1 } } : { status: 400, json: { errors: [{ message: 'no such field' }] } };
  }],
];
