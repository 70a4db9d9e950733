import crypto from 'node:crypto';

/** SHA-256 of what content() made, since somebody emptied the list. */
export const made = [];

// Bytes that an upload sends: the same each time, and of no two the same.
export function content(size, seed = 1) {
  const bytes = Buffer.alloc(size);
  let state = seed * 2654435761 % 4294967296;
  for (let at = 0; at < size; ++at) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  made.push(crypto.createHash('sha256').update(bytes).digest('hex'));
  return bytes;
}

/** Fails where an app's answer did not arrive as the app gave it. */
export function same(got, wanted, what) {
  if (!Buffer.from(got).equals(Buffer.from(wanted))) throw new Error(`${what}: other bytes came than were sent`);
}
