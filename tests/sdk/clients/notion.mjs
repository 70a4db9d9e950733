import { Client } from '@notionhq/client';
import { content } from './content.mjs';

const notion = new Client({ auth: 'ntn_test' });
const page_id = '59833787-2cf9-4fdf-8782-e53db20768a5';
const text = [{ type: 'text', text: { content: 'hello' } }];

export const calls = {
  who_am_i: () => notion.users.me({}),
  list_people: () => notion.users.list({}),
  search: () => notion.search({ query: 'plan' }),
  create_page: () => notion.pages.create({ parent: { page_id }, properties: { title: [{ text: { content: 'Plan' } }] } }),
  read_page: () => notion.pages.retrieve({ page_id }),
  edit_page: () => notion.pages.update({ page_id, properties: { title: [{ text: { content: 'New plan' } }] } }),
  trash_page: () => notion.pages.update({ page_id, in_trash: true }),
  move_page: () => notion.pages.move({ page_id, parent: { type: 'page_id', page_id: 'b55c9c91-384d-452b-81db-d1ef79372b75' } }),
  read_blocks: () => notion.blocks.children.list({ block_id: page_id }),
  write_blocks: () => notion.blocks.children.append({ block_id: page_id, children: [{ object: 'block', type: 'paragraph', paragraph: { rich_text: text } }] }),
  delete_block: () => notion.blocks.delete({ block_id: page_id }),
  create_database: () => notion.databases.create({ parent: { type: 'page_id', page_id }, title: text, initial_data_source: { properties: { Name: { title: {} } } } }),
  query_database: () => notion.dataSources.query({ data_source_id: '248104cd-477e-80fd-b757-e945d38000bd' }),
  comment: () => notion.comments.create({ parent: { page_id }, rich_text: text }),
  upload_file: async () => {
    const { id } = await notion.fileUploads.create({ mode: 'single_part', filename: 'plan.docx' });
    await notion.fileUploads.send({ file_upload_id: id, file: { filename: 'plan.docx', data: new Blob([content(4000, 34)]) } });
  },
};
