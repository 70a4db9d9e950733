import crypto from 'node:crypto';
import { content } from './content.mjs';

export const source = '@aws-sdk/client-s3 3.1175.0 (npm): dist-es/schemas (what its parser reads), REST-XML as its protocol tests show';
export const hosts = ['s3.eu-central-1.amazonaws.com', '*.s3.eu-central-1.amazonaws.com', 's3.amazonaws.com', '*.s3.amazonaws.com', 'sts.eu-central-1.amazonaws.com', 'iam.amazonaws.com'];

const anywhere = '*.amazonaws.com';
const uploads = new Map();
const sizes = new Map();
const etags = new Map();
const space = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const md5 = (bytes) => crypto.createHash('md5').update(bytes).digest('hex');
const etag = (request) => `"${md5(request.body)}"`;

/** Path style and virtual-host style. */
function place(request) {
  const [, before] = /^(?:(.+)\.)?s3[.-]/.exec(request.host) ?? [];
  const path = decodeURIComponent(request.path.slice(1));
  if (before) return { bucket: before, key: path };
  const slash = path.indexOf('/');
  return slash < 0 ? { bucket: path, key: '' } : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

const listing = (bucket, prefix) => `<ListBucketResult ${space}><Name>${bucket}</Name><Prefix>${prefix}</Prefix><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>` +
  `<Contents><Key>${prefix}stored.pdf</Key><LastModified>2026-11-26T10:00:00.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>5000</Size><StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>`;

function s3(request) {
  const { bucket, key } = place(request);
  const asks = (name) => request.query.has(name);
  const { method } = request;
  if (!bucket) return { xml: `<ListAllMyBucketsResult ${space}><Owner><ID>1</ID><DisplayName>ana</DisplayName></Owner><Buckets><Bucket><Name>reports</Name><CreationDate>2026-11-26T10:00:00.000Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>` };
  if (!key) {
    if (asks('location')) return { xml: `<LocationConstraint ${space}>eu-central-1</LocationConstraint>` };
    if (asks('delete')) return { xml: `<DeleteResult ${space}><Deleted><Key>old.pdf</Key></Deleted></DeleteResult>` };
    if (method === 'PUT') return { headers: { location: `/${bucket}` } };
    if (method === 'DELETE') return { status: 204 };
    if (method === 'HEAD') return { headers: { 'x-amz-bucket-region': 'eu-central-1' } };
    return { xml: listing(bucket, request.query.get('prefix') ?? '') };
  }
  if (asks('uploads')) {
    const id = `VXBsb2FkIElE${uploads.size}`;
    uploads.set(id, []);
    return { xml: `<InitiateMultipartUploadResult ${space}><Bucket>${bucket}</Bucket><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>` };
  }
  if (asks('uploadId')) {
    const parts = uploads.get(request.query.get('uploadId'));
    if (method === 'PUT') {
      parts[Number(request.query.get('partNumber'))] = request.body;
      return { headers: { etag: etag(request) } };
    }
    if (method === 'DELETE') return { status: 204 };
    const whole = Buffer.concat(parts.filter(Boolean));
    request.keep(key, whole);
    sizes.set(key, whole.length);
    const sums = parts.filter(Boolean).map((part) => crypto.createHash('md5').update(part).digest());
    const tag = `${md5(Buffer.concat(sums))}-${sums.length}`;
    etags.set(key, `"${tag}"`);
    return { xml: `<CompleteMultipartUploadResult ${space}><Location>https://${bucket}.s3.amazonaws.com/${key}</Location><Bucket>${bucket}</Bucket><Key>${key}</Key><ETag>&quot;${tag}&quot;</ETag></CompleteMultipartUploadResult>` };
  }
  if (asks('acl')) return method === 'PUT' ? {} : { xml: `<AccessControlPolicy ${space}><Owner><ID>1</ID></Owner><AccessControlList/></AccessControlPolicy>` };
  if (asks('tagging')) return { xml: `<Tagging ${space}><TagSet/></Tagging>` };
  if (request.headers['x-amz-copy-source']) return { xml: `<CopyObjectResult ${space}><LastModified>2026-11-26T10:00:00.000Z</LastModified><ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag></CopyObjectResult>` };
  if (method === 'PUT') {
    request.keep(key, request.body);
    sizes.set(key, request.body.length);
    etags.set(key, etag(request));
    return { headers: { etag: etag(request) } };
  }
  if (method === 'DELETE') return { status: 204 };
  const stored = /stored\.pdf$/.test(key);
  if (method === 'HEAD' && !stored && !sizes.has(key)) return { status: 404 };
  const fields = { etag: etags.get(key) ?? `"${md5(content(5000))}"`, 'last-modified': 'Thu, 26 Nov 2026 10:00:00 GMT', 'content-type': 'application/pdf', 'accept-ranges': 'bytes' };
  if (method === 'HEAD') return { headers: { ...fields, 'content-length': String(sizes.get(key) ?? 5000) } };
  return { bytes: content(5000), headers: fields };
}

export const routes = [
  ['POST', 'sts.eu-central-1.amazonaws.com', '/', () => ({
    xml: '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ana</Arn><UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>',
  })],
  ['POST', 'iam.amazonaws.com', '/', (request) => {
    const { Action: action, UserName: name } = request.form;
    const result = action === 'CreateUser'
      ? `<User><Path>/</Path><UserName>${name}</UserName><UserId>AIDB</UserId><Arn>arn:aws:iam::123456789012:user/${name}</Arn><CreateDate>2026-11-26T10:00:00Z</CreateDate></User>`
      : `<AccessKey><UserName>${name}</UserName><AccessKeyId>AKIAEXAMPLE</AccessKeyId><Status>Active</Status><SecretAccessKey>x</SecretAccessKey></AccessKey>`;
    return { xml: `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>` };
  }],
  ['*', anywhere, '/{rest...}', s3],
];
