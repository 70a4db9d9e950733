import { Mistral } from '@mistralai/mistralai';
import { content } from './content.mjs';

const mistral = new Mistral({ apiKey: 'test' });
const asked = { model: 'mistral-test', messages: [{ role: 'user', content: 'Is this contract good?' }] };

export const calls = {
  list_models: () => mistral.models.list(),
  ask: () => mistral.chat.complete(asked),
  ask_streamed: async () => {
    let text = '';
    for await (const { data } of await mistral.chat.stream(asked)) text += data.choices[0].delta.content;
    if (text !== 'Yes.') throw new Error(`the stream said '${text}'`);
  },
  upload_file: () => mistral.files.upload({ file: { fileName: 'customers.jsonl', content: content(7000, 42) }, purpose: 'fine-tune' }),
  delete_file: () => mistral.files.delete({ fileId: 'e85980c9-409e-4a46-9304-36588f6292b0' }),
};
