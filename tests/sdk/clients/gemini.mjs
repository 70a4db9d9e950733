import { GoogleGenAI } from '@google/genai';
import { content } from './content.mjs';

const gemini = new GoogleGenAI({ apiKey: 'AIza-test' });
const asked = { model: 'gemini-test', contents: 'Is this contract good?' };

export const calls = {
  list_models: () => gemini.models.list(),
  ask: () => gemini.models.generateContent(asked),
  ask_streamed: async () => {
    let text = '';
    for await (const chunk of await gemini.models.generateContentStream(asked)) text += chunk.text;
    if (text !== 'Yes.') throw new Error(`the stream said '${text}'`);
  },
  embed: () => gemini.models.embedContent({ model: 'gemini-embedding-001', contents: ['our customers'] }),
  upload_file: () => gemini.files.upload({ file: new Blob([content(7000, 15)], { type: 'text/csv' }), config: { displayName: 'customers.csv' } }),
  list_files: () => gemini.files.list(),
  delete_file: () => gemini.files.delete({ name: 'files/abc-123' }),
};
