import { Telegram } from 'telegraf';
import { content } from './content.mjs';

const telegram = new Telegram('123456:ABC');

export const calls = {
  who_am_i: () => telegram.getMe(),
  send_message: () => telegram.sendMessage(42, 'hello'),
  send_file: () => telegram.sendDocument(42, { source: content(4000, 44), filename: 'plan.docx' }),
  edit_message: () => telegram.editMessageText(42, 5, undefined, 'hello all'),
  delete_message: () => telegram.deleteMessage(42, 5),
};
