// How the gateway's words read on a page.

const WRITTEN: Record<string, string> = {
  crm: 'CRM', erp: 'ERP', hr: 'HR', generative_ai: 'Generative AI', dlp: 'DLP', vpn: 'VPN', ip: 'IP', id: 'ID', url: 'URL',
  api: 'API', tls: 'TLS', os: 'OS', isp: 'ISP', asn: 'ASN', ja4: 'JA4', sha256: 'SHA-256', tor: 'Tor', http2: 'HTTP/2', websockets: 'WebSockets',
  aes: 'AES', saml: 'SAML', oidc: 'OIDC', iso: 'ISO', soc: 'SOC', hipaa: 'HIPAA', gdpr: 'GDPR', pci: 'PCI', dss: 'DSS', csa: 'CSA', star: 'STAR', dmca: 'DMCA',
  fedramp: 'FedRAMP', http: 'HTTP', https: 'HTTPS', ai: 'AI', urls: 'URLs', us: 'US', eu: 'EU',
};

// generative_ai -> Generative AI, cloud_storage -> Cloud storage
export function wordy(word: string | undefined): string {
  if (!word) return '–';
  if (word === '(unknown)') return 'Unknown';
  if (WRITTEN[word]) return WRITTEN[word];
  const text = word.split('_').map((part) => (WRITTEN[part] && part !== 'id' ? WRITTEN[part] : part)).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });

export function country(code: string | undefined): string {
  if (!code || code.includes('unknown')) return 'Unknown';
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
}

export type Standing = 'sanctioned' | 'unsanctioned' | 'monitored' | 'other';

export const standingOf = (tags: readonly string[]): Standing =>
  tags.includes('unsanctioned') ? 'unsanctioned' : tags.includes('sanctioned') ? 'sanctioned'
    : tags.includes('monitored') ? 'monitored' : 'other';

// As discovery/catalog/risk.h has it: 10 is the safest.
export type Risk = 'low' | 'medium' | 'high' | 'unknown';
export const riskOf = (score: number | undefined): Risk =>
  score === undefined ? 'unknown' : score >= 7 ? 'low' : score >= 4 ? 'medium' : 'high';
