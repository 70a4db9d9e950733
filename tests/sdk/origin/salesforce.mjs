export const source = 'jsforce 3.10.16 (npm): lib/connection.js, lib/api/*.js and their types';
export const hosts = ['login.salesforce.com', 'example.my.salesforce.com'];

const host = 'example.my.salesforce.com';
const data = '/services/data/{version}';
const made = (id) => ({ status: 201, json: { id, success: true, errors: [] } });

export const routes = [
  ['POST', 'login.salesforce.com', '/services/Soap/u/{version}', (request) => request.body.includes('wrong') ? {
    status: 500, headers: { 'content-type': 'text/xml' },
    xml: '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com"><soapenv:Body><soapenv:Fault>' +
      '<faultcode>sf:INVALID_LOGIN</faultcode><faultstring>INVALID_LOGIN: Invalid username, password, security token; or user locked out.</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>',
  } : ({
    xml: '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"><soapenv:Body><loginResponse><result>' +
      '<serverUrl>https://example.my.salesforce.com/services/Soap/u/50.0/00D000000000001</serverUrl><sessionId>00D!AQ</sessionId><userId>005000000000001</userId>' +
      '<userInfo><organizationId>00D000000000001</organizationId></userInfo></result></loginResponse></soapenv:Body></soapenv:Envelope>',
    headers: { 'content-type': 'text/xml' },
  })],
  ['POST', 'login.salesforce.com', '/services/oauth2/token', () => ({ json: { access_token: '00D!AQ', instance_url: 'https://example.my.salesforce.com', id: 'https://login.salesforce.com/id/00D000000000001/005000000000001', token_type: 'Bearer', issued_at: '1764151200000', signature: 'x' } })],
  ['GET', host, `${data}/query`, () => ({ json: { totalSize: 1, done: true, records: [{ attributes: { type: 'Account', url: '/services/data/v50.0/sobjects/Account/001' }, Id: '001000000000001', Name: 'Rival' }] } })],
  ['GET', host, `${data}/sobjects`, () => ({ json: { encoding: 'UTF-8', maxBatchSize: 200, sobjects: [] } })],
  ['POST', host, `${data}/sobjects/ContentVersion`, (request) => {
    request.keep(request.json.PathOnClient, Buffer.from(request.json.VersionData, 'base64'));
    return made('068000000000001');
  }],
  ['POST', host, `${data}/sobjects/{type}`, () => made('001000000000002')],
  ['GET', host, `${data}/sobjects/{type}/{id}`, (request) => ({ json: { attributes: { type: request.parameters.type }, Id: request.parameters.id, Name: 'Rival' } })],
  ['PATCH', host, `${data}/sobjects/{type}/{id}`, () => ({ status: 204 })],
  ['DELETE', host, `${data}/sobjects/{type}/{id}`, () => ({ status: 204 })],
  ['POST', host, `${data}/chatter/feed-elements`, () => ({ status: 201, json: { id: '0D5000000000001', feedElementType: 'FeedItem' } })],
  ['POST,GET', host, `${data}/analytics/reports/{id}`, () => ({ json: { attributes: { reportId: '00O000000000001' }, allData: true, factMap: {} } })],
  ['POST', host, '/services/oauth2/revoke', () => ({ json: {} })],
];
