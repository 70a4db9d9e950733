import { content } from './content.mjs';

export const source = 'openai 6.49.0 (npm): resources/**/*.d.ts, streaming as core/streaming reads it';
export const hosts = ['api.openai.com'];

const host = 'api.openai.com';
const file = (id, name, bytes) => ({ id, object: 'file', bytes, created_at: 1764151200, filename: name, purpose: 'assistants', status: 'processed' });
const completion = (model) => ({
  id: 'chatcmpl-1', object: 'chat.completion', created: 1764151200, model,
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.', refusal: null }, finish_reason: 'stop', logprobs: null }],
  usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
});
const events = (list) => ({ text: list.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join(''), headers: { 'content-type': 'text/event-stream' } });

export const routes = [
  ['GET', host, '/v1/models', () => ({ json: { object: 'list', data: [{ id: 'gpt-5', object: 'model', created: 1, owned_by: 'openai' }] } })],
  ['POST', host, '/v1/chat/completions', (request) => {
    const { model, stream } = request.json;
    if (!stream) return { json: completion(model) };
    const chunk = (delta, finish_reason = null) => ({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta, finish_reason }] });
    return events([chunk({ role: 'assistant', content: '' }), chunk({ content: 'Yes.' }), chunk({}, 'stop'), '[DONE]']);
  }],
  ['POST', host, '/v1/responses', (request) => ({
    json: {
      id: 'resp_1', object: 'response', created_at: 1764151200, status: 'completed', model: request.json.model, error: null,
      output: [{ type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: 'Yes.', annotations: [] }] }],
      usage: { input_tokens: 9, output_tokens: 2, total_tokens: 11 },
    },
  })],
  ['POST', host, '/v1/embeddings', (request) => ({ json: { object: 'list', model: request.json.model, data: [{ object: 'embedding', index: 0, embedding: 'AAAAAA==' }], usage: { prompt_tokens: 1, total_tokens: 1 } } })],
  ['POST', host, '/v1/images/generations', () => ({ json: { created: 1, data: [{ b64_json: 'aGVsbG8=' }] } })],
  ['POST', host, '/v1/audio/transcriptions', (request) => {
    const sent = request.parts.find((part) => part.filename);
    request.keep(sent.filename, sent.bytes);
    return { json: { text: 'hello' } };
  }],
  ['POST', host, '/v1/files', (request) => {
    const sent = request.parts.find((part) => part.filename);
    request.keep(sent.filename, sent.bytes);
    return { json: file('file-abc123', sent.filename, sent.bytes.length) };
  }],
  ['GET', host, '/v1/files', () => ({ json: { object: 'list', data: [file('file-abc123', 'customers.csv', 7000)], has_more: false } })],
  ['GET', host, '/v1/files/{id}/content', () => ({ bytes: content(5000) })],
  ['DELETE', host, '/v1/files/{id}', (request) => ({ json: { id: request.parameters.id, object: 'file', deleted: true } })],
  ['POST', host, '/v1/uploads', (request) => ({ json: { id: 'upload_abc', object: 'upload', bytes: request.json.bytes, filename: request.json.filename, purpose: request.json.purpose, status: 'pending', created_at: 1, expires_at: 2 } })],
  ['POST', host, '/v1/uploads/{id}/parts', (request) => {
    parts.push(request.parts.find((part) => part.name === 'data').bytes);
    return { json: { id: `part_${parts.length}`, object: 'upload.part', created_at: 1, upload_id: request.parameters.id } };
  }],
  ['POST', host, '/v1/uploads/{id}/complete', (request) => {
    const whole = Buffer.concat(parts.splice(0));
    request.keep('history.jsonl', whole);
    return { json: { id: request.parameters.id, object: 'upload', bytes: whole.length, filename: 'history.jsonl', purpose: 'fine-tune', status: 'completed', created_at: 1, expires_at: 2, file: file('file-xyz', 'history.jsonl', whole.length) } };
  }],
];
const parts = [];
