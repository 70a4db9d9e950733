export const source = '@google/genai 2.32.0 (npm): dist/genai.d.ts, the upload as dist/node/index.mjs makes it';
export const hosts = ['generativelanguage.googleapis.com'];

const host = 'generativelanguage.googleapis.com';
const answer = { candidates: [{ content: { role: 'model', parts: [{ text: 'Yes.' }] }, finishReason: 'STOP', index: 0 }], usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 2, totalTokenCount: 11 }, modelVersion: 'gemini-test' };
const file = (name, size) => ({ name: 'files/abc-123', displayName: name, mimeType: 'text/csv', sizeBytes: String(size), createTime: '2026-11-26T10:00:00Z', state: 'ACTIVE', uri: 'https://generativelanguage.googleapis.com/v1beta/files/abc-123' });
let named;
const parts = [];

export const routes = [
  ['GET', host, '/v1beta/models', () => ({ json: { models: [{ name: 'models/gemini-test', displayName: 'Gemini' }] } })],
  ['POST', host, '/v1beta/models/{model}:generateContent', () => ({ json: answer })],
  ['POST', host, '/v1beta/models/{model}:streamGenerateContent', () => ({ text: `data: ${JSON.stringify(answer)}\r\n\r\n`, headers: { 'content-type': 'text/event-stream' } })],
  ['POST', host, '/v1beta/models/{model}:batchEmbedContents', () => ({ json: { embeddings: [{ values: [0.1] }] } })],
  ['POST', host, '/upload/v1beta/files', (request) => {
    if (request.headers['x-goog-upload-command'] === 'start') {
      named = request.json.file.displayName;
      return { json: {}, headers: { 'x-goog-upload-url': 'https://generativelanguage.googleapis.com/upload/v1beta/files?upload_id=AbC&upload_protocol=resumable', 'x-goog-upload-status': 'active' } };
    }
    parts.push(request.body);
    if (!request.headers['x-goog-upload-command'].includes('finalize')) return { json: {}, headers: { 'x-goog-upload-status': 'active' } };
    const whole = Buffer.concat(parts.splice(0));
    request.keep(named, whole);
    return { json: { file: file(named, whole.length) }, headers: { 'x-goog-upload-status': 'final' } };
  }],
  ['GET', host, '/v1beta/files', () => ({ json: { files: [file('customers.csv', 7000)] } })],
  ['DELETE', host, '/v1beta/files/{id}', () => ({ json: {} })],
];
