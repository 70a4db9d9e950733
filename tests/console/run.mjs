// node tests/console/run.mjs [--binary FILE] [--console FOLDER] [--shots FOLDER] [--lanes N] [WALK...]
//
// Starts the real gateway with a filled store (gateway.mjs), signs in with Debian's Chromium and walks the views as an
// analyst does. What fails a walk: what it expects and does not see, a rule of accessibility (axe: WCAG 2.1 A and AA) in
// dark, light or at the width of a phone, a page that is wider than its window, an error in the browser's console, and
// whatever the content security policy stopped. The exit code is 0 where all is well.
//
//   --binary    build/dev/sallyport where nothing is said
//   --console   a folder that build.mjs made, served by the gateway instead of what is embedded
//   --shots     pictures of each view in dark, light and narrow
//   --lanes     how many files are walked at once

import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Browser } from './browser.mjs';
import { Gateway } from './gateway.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const source = resolve(here, '../..');
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { binary: { type: 'string', default: join(source, 'build/dev/sallyport') }, console: { type: 'string' }, shots: { type: 'string' },
    lanes: { type: 'string', default: '3' } },
});

// The longest first, so that no lane is left alone with it.
const LONG = ['40', '65', '20', '10'];
const rank = (name) => (LONG.indexOf(name.slice(0, 2)) + LONG.length + 1) % (LONG.length + 1);
const files = readdirSync(join(here, 'walks')).filter((name) => name.endsWith('.mjs')).sort()
  .sort((a, b) => rank(a) - rank(b));
const wanted = files.filter((name) => positionals.length === 0 || positionals.some((word) => name.includes(word)));
const begun = performance.now();
let passed = 0;
let failed = 0;

const gateway = await Gateway.start({ binary: resolve(options.binary), source, console: options.console && resolve(options.console) });
try {
  await gateway.misdeeds();
  const browser = await Browser.start(gateway, options.shots && resolve(options.shots));
  try {
    // Files are walked side by side: what one of them changes, no other looks at. Within a file one walk follows the other.
    const queue = [...wanted];
    const lane = async () => {
      for (let file = queue.shift(); file; file = queue.shift()) {
        const { default: walks } = await import(join(here, 'walks', file));
        for (const [name, walk] of Object.entries(walks)) {
          const start = performance.now();
          const faults = await browser.run(`${file.slice(0, -4)}-${name}`, walk);
          const took = `${((performance.now() - start) / 1000).toFixed(1)} s`;
          console.log(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${file.slice(0, -4)}: ${name}, ${took}`);
          for (const fault of faults) console.log(`       ${fault.replaceAll('\n', '\n       ')}`);
          if (faults.length === 0) ++passed;
          else ++failed;
        }
      }
    };
    await Promise.all(Array.from({ length: Number(options.lanes) }, lane));
  } finally {
    await browser.stop();
  }
} finally {
  await gateway.stop();
}
console.log(`${((performance.now() - begun) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
