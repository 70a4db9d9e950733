import { content } from './content.mjs';

export const source = '@anthropic-ai/sdk 1.14.0 (npm): resources/**/*.d.ts, streaming as core/streaming reads it';
export const hosts = ['api.anthropic.com'];

const host = 'api.anthropic.com';
const message = (model, text) => ({
  id: 'msg_01', type: 'message', role: 'assistant', model, content: text ? [{ type: 'text', text }] : [], stop_reason: text ? 'end_turn' : null,
  stop_sequence: null, usage: { input_tokens: 9, output_tokens: 2 },
});
const file = (name, size) => ({ id: 'file_011', type: 'file', filename: name, mime_type: 'text/csv', size_bytes: size, created_at: '2026-11-26T10:00:00Z', downloadable: true });

export const routes = [
  ['POST', host, '/v1/messages', (request) => {
    const { model, stream } = request.json;
    if (!stream) return { json: message(model, 'Yes.') };
    const list = [
      { type: 'message_start', message: message(model) },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Yes.' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ];
    return { text: list.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join(''), headers: { 'content-type': 'text/event-stream' } };
  }],
  ['POST', host, '/v1/messages/count_tokens', () => ({ json: { input_tokens: 9 } })],
  ['POST', host, '/v1/messages/batches', (request) => ({
    json: { id: 'msgbatch_01', type: 'message_batch', processing_status: 'in_progress', request_counts: { processing: request.json.requests.length, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
      created_at: '2026-11-26T10:00:00Z', expires_at: '2026-11-27T10:00:00Z', ended_at: null, archived_at: null, cancel_initiated_at: null, results_url: null },
  })],
  ['GET', host, '/v1/models', () => ({ json: { data: [{ type: 'model', id: 'claude-test', display_name: 'Claude', created_at: '2026-01-01T00:00:00Z' }], has_more: false, first_id: 'claude-test', last_id: 'claude-test' } })],
  ['POST', host, '/v1/files', (request) => {
    const sent = request.parts.find((part) => part.filename);
    request.keep(sent.filename, sent.bytes);
    return { json: file(sent.filename, sent.bytes.length) };
  }],
  ['GET', host, '/v1/files', () => ({ json: { data: [file('customers.csv', 7000)], has_more: false, first_id: 'file_011', last_id: 'file_011' } })],
  ['GET', host, '/v1/files/{id}/content', () => ({ bytes: content(5000) })],
  ['DELETE', host, '/v1/files/{id}', (request) => ({ json: { id: request.parameters.id, type: 'file_deleted' } })],
];
