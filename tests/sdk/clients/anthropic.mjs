import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { content, same } from './content.mjs';

const anthropic = new Anthropic({ apiKey: 'sk-ant-test' });
const asked = { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Is this contract good?' }] };
const files = anthropic.files ?? anthropic.beta.files;

export const calls = {
  list_models: () => anthropic.models.list(),
  ask: () => anthropic.messages.create(asked),
  ask_streamed: async () => {
    const said = await anthropic.messages.stream(asked).finalText();
    if (said !== 'Yes.') throw new Error(`the stream said '${said}'`);
  },
  ask_many: () => anthropic.messages.batches.create({ requests: [{ custom_id: 'one', params: asked }, { custom_id: 'two', params: asked }] }),
  upload_file: async () => files.upload({ file: await toFile(content(7000, 14), 'customers.csv', { type: 'text/csv' }) }),
  list_files: () => files.list(),
  download_file: async () => same(await (await files.download('file_011')).arrayBuffer(), content(5000), 'the file'),
  delete_file: () => files.delete('file_011'),
};
