import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { content, same } from './content.mjs';

const service = new BlobServiceClient('https://example.blob.core.windows.net', new StorageSharedKeyCredential('example', Buffer.from('key').toString('base64')));
const reports = service.getContainerClient('reports');

export const calls = {
  list_containers: async () => { for await (const one of service.listContainers()) void one; },
  list: async () => { for await (const one of reports.listBlobsFlat()) void one; },
  upload: () => reports.getBlockBlobClient('Q3/report.pdf').upload(content(2000, 20), 2000),
  upload_in_blocks: () => reports.getBlockBlobClient('Q3/film.mp4').uploadData(content(900000, 21), { blockSize: 400000, maxSingleShotSize: 100000, concurrency: 1 }),
  download: async () => same(await reports.getBlobClient('Q3/report.pdf').downloadToBuffer(), content(5000), 'the file'),
  copy: async () => (await reports.getBlobClient('Q4/report.pdf').beginCopyFromURL('https://example.blob.core.windows.net/reports/Q3/report.pdf')).pollUntilDone(),
  delete: () => reports.getBlobClient('Q3/old.pdf').delete(),
  make_container_public: () => reports.setAccessPolicy('blob'),
  create_container: () => service.createContainer('new-container'),
  delete_container: () => service.deleteContainer('new-container'),
};
