import OpenAI, { toFile } from 'openai';
import { content, same } from './content.mjs';

const openai = new OpenAI({ apiKey: 'sk-test', organization: 'org-example' });
const messages = [{ role: 'user', content: 'Is this contract good?' }];

export const calls = {
  list_models: () => openai.models.list(),
  chat_completion: () => openai.chat.completions.create({ model: 'gpt-5', messages }),
  chat_completion_streamed: async () => {
    let text = '';
    for await (const chunk of await openai.chat.completions.create({ model: 'gpt-5', messages, stream: true })) text += chunk.choices[0].delta.content ?? '';
    if (text !== 'Yes.') throw new Error(`the stream said '${text}'`);
  },
  response: () => openai.responses.create({ model: 'gpt-5', input: 'Is this contract good?' }),
  embed: () => openai.embeddings.create({ model: 'text-embedding-3-small', input: 'our customers' }),
  draw: () => openai.images.generate({ model: 'gpt-image-1', prompt: 'a bridge' }),
  transcribe: async () => openai.audio.transcriptions.create({ model: 'whisper-1', file: await toFile(content(9000, 11), 'meeting.mp3') }),
  upload_file: async () => openai.files.create({ file: await toFile(content(7000, 12), 'customers.csv'), purpose: 'assistants' }),
  upload_in_parts: async () => {
    const bytes = content(12000, 13);
    const { id } = await openai.uploads.create({ filename: 'history.jsonl', bytes: 12000, mime_type: 'application/jsonl', purpose: 'fine-tune' });
    const part_ids = [];
    for (const at of [0, 6000]) part_ids.push((await openai.uploads.parts.create(id, { data: await toFile(bytes.subarray(at, at + 6000), 'blob') })).id);
    await openai.uploads.complete(id, { part_ids });
  },
  list_files: () => openai.files.list(),
  download_file: async () => same(await (await openai.files.content('file-abc123')).arrayBuffer(), content(5000), 'the file'),
  delete_file: () => openai.files.delete('file-abc123'),
};
