// Words that the gateway knows (policy/activity/words.cc, risk_factors.cc), for lists to choose from. The walks of
// tests/console ask it for each of them, so that none is one that it does not know.

export const ACTIVITY_TYPES = ['login', 'login_failed', 'logout', 'view', 'upload', 'download', 'create', 'edit', 'delete', 'rename',
  'move', 'copy', 'share', 'unshare', 'invite', 'post', 'comment', 'send', 'chat', 'prompt', 'print', 'paste', 'consent', 'admin', 'other'];

// What is asked of apps most often.
export const FACTORS = ['iso_27001', 'soc_2', 'hipaa', 'pci_dss', 'fedramp', 'csa_star', 'gdpr_statement', 'gdpr_right_to_erasure',
  'saml', 'oidc', 'multi_factor_authentication', 'password_policy', 'encryption_at_rest', 'encryption_protocol', 'user_audit_trail',
  'admin_audit_trail', 'data_audit_trail', 'penetration_testing', 'user_authentication', 'data_ownership', 'trains_on_customer_data'];

export const APP_QUERIES = [
  { value: 'anonymous_use', title: 'Take uploads without a sign-in' },
  { value: 'csa_star', title: 'CSA STAR certified' },
  { value: 'fedramp', title: 'FedRAMP authorised' },
  { value: 'own_user_data', title: 'Storage that owns user data' },
  { value: 'risky_storage', title: 'Risky storage' },
  { value: 'weak_authentication', title: 'Weak authentication' },
  { value: 'weak_encryption', title: 'Weak encryption' },
  { value: 'gdpr_ready', title: 'Ready for the GDPR' },
];

export const CLOSE_REASONS: Record<string, readonly string[]> = {
  true_positive: [],
  benign: ['lower_severity', 'confirmed_with_user', 'test', 'other'],
  false_positive: ['not_of_interest', 'too_many_alike', 'not_accurate', 'other'],
};

// Searches that are worth having, in the language of policies.
export const ACTIVITY_QUERIES = [
  { title: 'Administration', filter: 'activity.admin: true' },
  { title: 'Downloads', filter: 'activity: download' },
  { title: 'Uploads to unsanctioned apps', filter: 'activity: upload, app.tag: unsanctioned' },
  { title: 'Uploads to AI apps', filter: 'activity: upload, app.category: generative_ai' },
  { title: 'Files and folders', filter: 'activity: [upload, download, create, edit, rename, move, copy, delete]' },
  { title: 'Sharing', filter: 'activity: [share, unshare, invite]' },
  { title: 'Shared with anyone', filter: 'target.link: anyone' },
  { title: 'Log-ins', filter: 'activity: login' },
  { title: 'Failed log-ins', filter: 'activity: login_failed' },
  { title: 'From risky addresses', filter: 'client.ip.category: risky' },
  { title: 'Outdated browsers', filter: 'user_agent.tag: outdated_browser' },
  { title: 'Rights given to apps', filter: 'activity: consent' },
];
