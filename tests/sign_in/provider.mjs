// A real OpenID provider on loopback: npm's oidc-provider with its own pages for signing in, at which any name and
// password is right. Says its port when it listens.
//
//   node provider.mjs --issuer https://login.corp.test --certificate chain.pem --key key.pem
//        --client sallyport --secret s3cret --redirect https://sallyport.internal/signed-in [--algorithm ES256]

import fs from 'node:fs';
import https from 'node:https';
import { generateKeyPairSync } from 'node:crypto';
import { parseArgs } from 'node:util';

import Provider from 'oidc-provider';

const { values } = parseArgs({
  options: Object.fromEntries(
    ['issuer', 'certificate', 'key', 'client', 'secret', 'redirect', 'algorithm'].map((name) => [name, { type: 'string' }])),
});

const jwk = (pair, more) => ({ ...pair.privateKey.export({ format: 'jwk' }), use: 'sig', ...more });
const provider = new Provider(values.issuer, {
  clients: [{
    client_id: values.client,
    client_secret: values.secret,
    redirect_uris: [values.redirect],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    id_token_signed_response_alg: values.algorithm ?? 'RS256',
  }],
  jwks: {
    keys: [
      jwk(generateKeyPairSync('rsa', { modulusLength: 2048 }), { alg: 'RS256', kid: 'rsa-1' }),
      jwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }), { alg: 'ES256', kid: 'ec-1' }),
    ],
  },
  claims: { openid: ['sub'], profile: ['preferred_username'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true, methods: ['S256'] },
  cookies: { keys: ['of tests'] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id }) }),
});
provider.proxy = false;

const server = https.createServer(
  { cert: fs.readFileSync(values.certificate), key: fs.readFileSync(values.key) }, provider.callback());
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
