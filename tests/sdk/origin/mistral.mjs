export const source = '@mistralai/mistralai 2.7.0 (npm): esm/models/components (its schemas check each answer)';
export const hosts = ['api.mistral.ai'];

const host = 'api.mistral.ai';
const answer = (model) => ({
  id: 'cmpl-1', object: 'chat.completion', created: 1764151200, model, usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.', tool_calls: null, prefix: false }, finish_reason: 'stop' }],
});

export const routes = [
  ['GET', host, '/v1/models', () => ({ json: { object: 'list', data: [] } })],
  ['POST', host, '/v1/chat/completions', (request) => {
    const { model, stream } = request.json;
    if (!stream) return { json: answer(model) };
    const chunk = { id: 'cmpl-1', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }] };
    return { text: `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`, headers: { 'content-type': 'text/event-stream' } };
  }],
  ['POST', host, '/v1/files', (request) => {
    const sent = request.parts.find((part) => part.name === 'file');
    request.keep(sent.filename, sent.bytes);
    return { json: { id: 'e85980c9-409e-4a46-9304-36588f6292b0', object: 'file', bytes: sent.bytes.length, created_at: 1764151200, filename: sent.filename, purpose: 'fine-tune', sample_type: 'instruct', source: 'upload' } };
  }],
  ['DELETE', host, '/v1/files/{id}', (request) => ({ json: { id: request.parameters.id, object: 'file', deleted: true } })],
];
