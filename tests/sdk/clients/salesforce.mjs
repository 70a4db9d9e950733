import jsforce from 'jsforce';
import { content } from './content.mjs';

const salesforce = new jsforce.Connection({ instanceUrl: 'https://example.my.salesforce.com', accessToken: '00D!AQ' });

export const calls = {
  sign_in: () => new jsforce.Connection({ loginUrl: 'https://login.salesforce.com' }).login('ana@example.org', 'password'),
  sign_in_with_wrong_password: async () => {
    try {
      await new jsforce.Connection({ loginUrl: 'https://login.salesforce.com' }).login('ana@example.org', 'wrong');
    } catch (failure) {
      if (failure.errorCode === 'INVALID_LOGIN' || /INVALID_LOGIN/.test(String(failure))) return;
      throw failure;
    }
    throw new Error('the wrong password was taken');
  },
  query: () => salesforce.query('SELECT Id, Name FROM Account'),
  read_account: () => salesforce.sobject('Account').retrieve('001000000000001'),
  create_account: () => salesforce.sobject('Account').create({ Name: 'Rival' }),
  edit_account: () => salesforce.sobject('Account').update({ Id: '001000000000001', Name: 'Rival Ltd' }),
  delete_account: () => salesforce.sobject('Account').destroy('001000000000001'),
  upload_file: () => salesforce.sobject('ContentVersion').create({ Title: 'plan', PathOnClient: 'plan.docx', VersionData: content(4000, 33).toString('base64') }),
  share_file: () => salesforce.sobject('ContentDocumentLink').create({ ContentDocumentId: '069000000000001', LinkedEntityId: '005000000000002', ShareType: 'V' }),
  post_in_feed: () => salesforce.chatter.resource('/feed-elements').create({ body: { messageSegments: [{ type: 'Text', text: 'hello' }] }, feedElementType: 'FeedItem', subjectId: 'me' }),
  run_report: () => salesforce.analytics.report('00O000000000001').execute({ details: true }),
  create_user: () => salesforce.sobject('User').create({ Username: 'new@example.org', Email: 'new@example.org', LastName: 'New' }),
};
