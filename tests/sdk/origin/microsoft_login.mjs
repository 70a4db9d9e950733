export const source = '@azure/msal-common, as @azure/msal-node (npm) brings it: response/ResponseHandler, authority/*';
export const hosts = ['login.microsoftonline.com'];

const host = hosts[0];
const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);
const token = (claims) => `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2ln`;
const signed_in = (name) => ({
  json: {
    token_type: 'Bearer', scope: 'User.Read', expires_in: 3600, ext_expires_in: 3600, access_token: token({ upn: name, tid: tenant }), refresh_token: '0.AX',
    client_info: part({ uid: '48d31887', utid: tenant }),
    id_token: token({ aud: 'app', iss: `https://login.microsoftonline.com/${tenant}/v2.0`, iat: now(), nbf: now(), exp: now() + 3600, name: 'Ana', oid: '48d31887', preferred_username: name, sub: 's', tid: tenant, ver: '2.0' }),
  },
});

export const routes = [
  ['GET', host, '/common/discovery/instance', () => ({
    json: {
      tenant_discovery_endpoint: `https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration`, 'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    },
  })],
  ['GET', host, '/{tenant}/v2.0/.well-known/openid-configuration', () => ({
    json: {
      token_endpoint: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`, authorization_endpoint: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/authorize`,
      end_session_endpoint: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/logout`, device_authorization_endpoint: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/devicecode`,
      issuer: `https://login.microsoftonline.com/${tenant}/v2.0`, jwks_uri: `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`,
    },
  })],
  ['POST', host, '/{tenant}/oauth2/v2.0/token', (request) => {
    const form = request.form;
    if (form.grant_type === 'client_credentials') return { json: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token({ appid: 'app', tid: tenant }) } };
    if (form.password === 'wrong') {
      return { status: 400, json: { error: 'invalid_grant', error_description: 'AADSTS50126: Error validating credentials due to invalid username or password.', error_codes: [50126], timestamp: '2026-11-26 10:00:00Z', trace_id: 't', correlation_id: 'c', suberror: '' } };
    }
    return signed_in(form.username ?? 'ana@example.org');
  }],
  ['POST', host, '/{tenant}/oauth2/v2.0/devicecode', () => ({ json: { user_code: 'ABC', device_code: 'D', verification_uri: 'https://microsoft.com/devicelogin', expires_in: 900, interval: 1, message: 'go there' } })],
];
