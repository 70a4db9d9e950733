export const source = 'the sites\' own short instructions: `curl -F file=@name https://0x0.st`, `curl --upload-file name https://transfer.sh/`, pastebin.com/doc_api, catbox.moe/tools, file.io, Slack\'s and Discord\'s pages on incoming webhooks';
export const hosts = ['0x0.st', 'transfer.sh', 'pastebin.com', 'catbox.moe', 'file.io', 'hooks.slack.com', 'discord.com', 'paste.rs', 'bashupload.com', 'dpaste.com'];

const keep_part = (request) => {
  const sent = request.parts.find((part) => part.filename !== undefined);
  request.keep(sent.filename, sent.bytes);
  return sent;
};

export const routes = [
  ['POST', '0x0.st', '/', (request) => { keep_part(request); return { text: 'https://0x0.st/Xabc.pdf\n' }; }],
  ['POST', 'catbox.moe', '/user/api.php', (request) => { keep_part(request); return { text: 'https://files.catbox.moe/abc.pdf' }; }],
  ['POST', 'file.io', '/', (request) => { const sent = keep_part(request); return { json: { success: true, key: 'aQ1', link: 'https://file.io/aQ1', name: sent.filename, size: sent.bytes.length } }; }],
  ['PUT', 'transfer.sh', '/{name}', (request) => { request.keep(request.parameters.name, request.body); return { text: `https://transfer.sh/abc/${request.parameters.name}` }; }],
  ['PUT', 'bashupload.com', '/{name}', (request) => { request.keep(request.parameters.name, request.body); return { text: `wget https://bashupload.com/abc/${request.parameters.name}\n` }; }],
  ['POST', 'pastebin.com', '/api/api_post.php', () => ({ text: 'https://pastebin.com/UIFdu235s' })],
  ['POST', 'paste.rs', '/', () => ({ status: 201, text: 'https://paste.rs/abc' })],
  ['POST', 'dpaste.com', '/api/v2/', () => ({ status: 201, text: 'https://dpaste.com/ABC\n' })],
  ['POST', 'hooks.slack.com', '/services/{team}/{app}/{secret}', () => ({ text: 'ok' })],
  ['POST', 'discord.com', '/api/webhooks/{id}/{token}', (request) => {
    if (request.headers['content-type'].startsWith('multipart/')) keep_part(request);
    return { status: 204 };
  }],
];
