import {
  S3Client, CopyObjectCommand, CreateBucketCommand, DeleteBucketCommand, DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand,
  ListBucketsCommand, ListObjectsV2Command, PutBucketPolicyCommand, PutObjectAclCommand, PutObjectCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { content, same } from './content.mjs';

const s3 = new S3Client({ region: 'eu-central-1', credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' } });
const Bucket = 'reports';

export const calls = {
  list_buckets: () => s3.send(new ListBucketsCommand({})),
  list: () => s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'Q3/' })),
  upload: () => s3.send(new PutObjectCommand({ Bucket, Key: 'Q3/report.pdf', Body: content(2000, 18), ContentType: 'application/pdf' })),
  upload_in_parts: () => new Upload({ client: s3, params: { Bucket, Key: 'Q3/film.mp4', Body: content(11000000, 19) }, partSize: 5242880, queueSize: 2 }).done(),
  download: async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'Q3/stored.pdf' }));
    same(await Body.transformToByteArray(), content(5000), 'the file');
  },
  copy: () => s3.send(new CopyObjectCommand({ Bucket, Key: 'Q4/report.pdf', CopySource: 'reports/Q3/report.pdf' })),
  delete: () => s3.send(new DeleteObjectCommand({ Bucket, Key: 'Q3/old.pdf' })),
  delete_many: () => s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'old.pdf' }] } })),
  make_public: () => s3.send(new PutObjectAclCommand({ Bucket, Key: 'Q3/report.pdf', ACL: 'public-read' })),
  set_bucket_policy: () => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}]}' })),
  create_bucket: () => s3.send(new CreateBucketCommand({ Bucket: 'new-bucket' })),
  delete_bucket: () => s3.send(new DeleteBucketCommand({ Bucket: 'new-bucket' })),
};
