// What the vendors' stores hold for downloads.
export { content } from '../clients/content.mjs';
