import { ApiClient } from '@mondaydotcomorg/api';

const monday = new ApiClient({ token: 'test' });

export const calls = {
  who_am_i: () => monday.operations.getMeOp(),
  read_board: () => monday.operations.getBoardItemsOp({ boardIds: ['42'] }),
  create_item: () => monday.operations.createItemOp({ boardId: '42', groupId: 'topics', itemName: 'Buy food' }),
  edit_item: () => monday.operations.changeSimpleColumnValueOp({ boardId: '42', itemId: '1234567890', columnId: 'status', value: 'Done' }),
  delete_item: () => monday.request('mutation { delete_item(item_id: 1234567890) { id } }'),
  comment: () => monday.request('mutation ($item: ID!, $text: String!) { create_update(item_id: $item, body: $text) { id } }', { item: '1234567890', text: 'done' }),
  create_board: () => monday.request('mutation { create_board(board_name: "Launch", board_kind: public) { id } }'),
  delete_board: () => monday.request('mutation { delete_board(board_id: 42) { id } }'),
  share_board: () => monday.request('mutation { add_users_to_board(board_id: 42, user_ids: [7], kind: subscriber) { id } }'),
  invite_users: () => monday.request('mutation { invite_users(emails: ["new@example.org"], user_role: MEMBER) { invited_users { id email } } }'),
};
