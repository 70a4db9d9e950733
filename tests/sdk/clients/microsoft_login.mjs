import * as msal from '@azure/msal-node';

const authority = 'https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47';
const person = () => new msal.PublicClientApplication({ auth: { clientId: 'app', authority } });
const service = () => new msal.ConfidentialClientApplication({ auth: { clientId: 'app', clientSecret: 'secret', authority } });
const scopes = ['User.Read'];

export const calls = {
  sign_in_with_password: () => person().acquireTokenByUsernamePassword({ scopes, username: 'ana@example.org', password: 'right' }),
  sign_in_with_wrong_password: async () => {
    try {
      await person().acquireTokenByUsernamePassword({ scopes, username: 'ana@example.org', password: 'wrong' });
    } catch (failure) {
      if (failure.errorCode === 'invalid_grant') return;
      throw failure;
    }
    throw new Error('the wrong password was taken');
  },
  sign_in_by_code: () => service().acquireTokenByCode({ scopes, code: 'code', redirectUri: 'https://app.example/back' }),
  sign_in_as_a_service: () => service().acquireTokenByClientCredential({ scopes: ['https://graph.microsoft.com/.default'] }),
};
