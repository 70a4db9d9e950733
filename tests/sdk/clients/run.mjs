// node --require ./tunnel.cjs run.mjs VENDOR CALL...
//
// Makes the calls one after the other and writes a JSON line for each: {call, begin, end, error, made}: times in
// milliseconds, and SHA-256 of the contents that it made. No two calls share a millisecond, so that an exchange belongs to the call in whose time it began.
// VENDOR.mjs exports `calls`, name -> function.

import { inspect } from 'node:util';
import { made } from './content.mjs';

const [vendor, ...names] = process.argv.slice(2);
const { calls } = await import(`./${vendor}.mjs`);
const out = process.stdout;
process.on('unhandledRejection', (failure) => { console.error('unhandled', failure); });

function next_millisecond() {
  const now = Date.now();
  while (Date.now() === now);
  return Date.now();
}

for (const name of names) {
  const told = { call: name, begin: next_millisecond() };
  try {
    if (!calls[name]) throw new Error(`clients/${vendor}.mjs has no call '${name}'`);
    await calls[name]();
  } catch (failure) {
    told.error = String(failure?.stack ?? failure).slice(0, 2000);
    told.said = inspect(failure, { depth: 5, maxStringLength: 4000, breakLength: Infinity }).slice(0, 100000);
    if (failure?.cause) told.error += '\ncause: ' + String(failure.cause?.stack ?? failure.cause).slice(0, 1000);
  }
  told.end = Date.now();
  told.made = made.splice(0);
  await new Promise((written) => out.write(JSON.stringify(told) + '\n', written));
}
process.exit(0);
