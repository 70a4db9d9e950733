export const source = '@notionhq/client 5.26.0 (npm): build/src/api-endpoints.d.ts';
export const hosts = ['api.notion.com'];

const host = 'api.notion.com';
const page = (id, more = {}) => ({ object: 'page', id, created_time: '2026-11-26T10:00:00.000Z', last_edited_time: '2026-11-26T10:00:00.000Z', archived: false, in_trash: false, url: `https://www.notion.so/${id}`, properties: {}, parent: { type: 'page_id', page_id: 'parent' }, ...more });
const list = (results) => ({ object: 'list', results, next_cursor: null, has_more: false });
const upload = (id, more = {}) => ({ object: 'file_upload', id, created_time: '2026-11-26T10:00:00.000Z', filename: 'plan.docx', content_type: 'application/octet-stream', content_length: 4000, status: 'pending', upload_url: `https://api.notion.com/v1/file_uploads/${id}/send`, ...more });

export const routes = [
  ['GET', host, '/v1/users/me', () => ({ json: { object: 'user', id: 'bot', type: 'bot', name: 'Bot', bot: {} } })],
  ['GET', host, '/v1/users', () => ({ json: list([{ object: 'user', id: 'u1', type: 'person', name: 'Ana', person: { email: 'ana@example.org' } }]) })],
  ['POST', host, '/v1/search', () => ({ json: list([page('59833787-2cf9-4fdf-8782-e53db20768a5')]) })],
  ['POST', host, '/v1/pages', () => ({ json: page('b55c9c91-384d-452b-81db-d1ef79372b75') })],
  ['GET', host, '/v1/pages/{id}', (request) => ({ json: page(request.parameters.id) })],
  ['PATCH', host, '/v1/pages/{id}', (request) => ({ json: page(request.parameters.id, request.json) })],
  ['POST', host, '/v1/pages/{id}/move', (request) => ({ json: page(request.parameters.id) })],
  ['GET', host, '/v1/blocks/{id}/children', () => ({ json: list([]) })],
  ['PATCH', host, '/v1/blocks/{id}/children', () => ({ json: list([{ object: 'block', id: 'c1', type: 'paragraph' }]) })],
  ['DELETE', host, '/v1/blocks/{id}', (request) => ({ json: { object: 'block', id: request.parameters.id, in_trash: true } })],
  ['POST', host, '/v1/databases', () => ({ json: { object: 'database', id: 'd9824bdc', title: [] } })],
  ['POST', host, '/v1/data_sources/{id}/query', () => ({ json: list([page('p1')]) })],
  ['POST', host, '/v1/comments', () => ({ json: { object: 'comment', id: 'c-1', rich_text: [] } })],
  ['POST', host, '/v1/file_uploads', () => ({ json: upload('b52b8ed6-e029-4707-a671-832549c09de3') })],
  ['POST', host, '/v1/file_uploads/{id}/send', (request) => {
    request.keep('plan.docx', request.parts.find((part) => part.name === 'file').bytes);
    return { json: upload(request.parameters.id, { status: 'uploaded' }) };
  }],
];
