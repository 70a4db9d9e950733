export const source = '@telegraf/types, as telegraf 4.16.3 (npm) brings it: methods.d.ts, message.d.ts';
export const hosts = ['api.telegram.org'];

const result = (more) => ({ json: { ok: true, result: more } });
const message = (more) => result({ message_id: 5, date: 1764151200, chat: { id: 42, type: 'private' }, from: { id: 1, is_bot: true, first_name: 'Bot' }, ...more });

export const routes = [
  ['POST', hosts[0], '/bot{token}/getMe', () => result({ id: 1, is_bot: true, first_name: 'Bot', username: 'bot' })],
  ['POST', hosts[0], '/bot{token}/getUpdates', () => result([])],
  ['POST', hosts[0], '/bot{token}/sendMessage', () => message({ text: 'hello' })],
  ['POST', hosts[0], '/bot{token}/sendDocument', (request) => {
    const sent = request.parts.find((part) => part.filename !== undefined);
    request.keep(sent.filename, sent.bytes);
    return message({ document: { file_id: 'BQAC', file_unique_id: 'u', file_name: sent.filename, file_size: sent.bytes.length } });
  }],
  ['POST', hosts[0], '/bot{token}/editMessageText', () => message({ text: 'hello all' })],
  ['POST', hosts[0], '/bot{token}/deleteMessage', () => result(true)],
];
