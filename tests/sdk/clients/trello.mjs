import { TrelloClient } from 'trello.js';
import { content } from './content.mjs';

const trello = new TrelloClient({ key: 'key', token: 'token' });

export const calls = {
  who_am_i: () => trello.members.getMember({ id: 'me' }),
  read_board: () => trello.boards.getBoard({ id: 'b1' }),
  create_board: () => trello.boards.createBoard({ name: 'Launch' }),
  publish_board: () => trello.boards.updateBoard({ id: 'b1', prefs: { permissionLevel: 'public' } }),
  invite_to_board: () => trello.boards.inviteMember({ id: 'b1', email: 'eve@rival.example', type: 'normal' }),
  delete_board: () => trello.boards.deleteBoard({ id: 'b1' }),
  create_card: () => trello.cards.createCard({ idList: 'l1', name: 'Buy food' }),
  read_card: () => trello.cards.getCard({ id: 'c1' }),
  move_card: () => trello.cards.updateCard({ id: 'c1', idList: 'l2' }),
  archive_card: () => trello.cards.updateCard({ id: 'c1', closed: true }),
  delete_card: () => trello.cards.deleteCard({ id: 'c1' }),
  comment: () => trello.cards.addCardComment({ id: 'c1', text: 'done' }),
  attach_file: () => trello.cards.createCardAttachment({ id: 'c1', file: content(4000, 40), name: 'plan.docx', mimeType: 'application/octet-stream' }),
};
