import { Storage } from '@google-cloud/storage';
import { OAuth2Client } from 'google-auth-library';
import { content, same } from './content.mjs';

const signed_in = new OAuth2Client();
signed_in.setCredentials({ access_token: 'ya29.test', expiry_date: Date.now() + 3600000 });
const storage = new Storage({ projectId: 'example-project', authClient: signed_in });
const bucket = storage.bucket('reports');

export const calls = {
  list_buckets: () => storage.getBuckets(),
  list: () => bucket.getFiles(),
  upload: () => bucket.file('Q3/report.pdf').save(content(2000, 22), { resumable: false, validation: false, contentType: 'application/pdf' }),
  upload_in_a_session: () => bucket.file('Q3/film.mp4').save(content(786432, 23), { resumable: true, validation: false, chunkSize: 262144 }),
  download: async () => same((await bucket.file('Q3/report.pdf').download({ validation: false }))[0], content(5000), 'the file'),
  copy: () => bucket.file('Q3/report.pdf').copy(bucket.file('Q4/report.pdf')),
  delete: () => bucket.file('Q3/old.pdf').delete(),
  make_public: () => bucket.file('Q3/report.pdf').acl.add({ entity: 'allUsers', role: 'READER' }),
  share_with_person: () => bucket.file('Q3/report.pdf').acl.add({ entity: 'user-eve@rival.example', role: 'READER' }),
  create_bucket: () => storage.createBucket('new-bucket'),
  delete_bucket: () => storage.bucket('new-bucket').delete(),
};
