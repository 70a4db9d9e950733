// node build.mjs OUTDIR [--quick]: checks the types, unless it has to be quick, and bundles the console. OUTDIR then holds
// index.html, the icon, the licences of what is in it, and scripts and sheets whose names carry a hash of what is in them,
// so that they may be kept for ever. Nothing is inline and nothing is fetched from elsewhere: the page works under
// `Content-Security-Policy: default-src 'self'`.

import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';

const MOST_BYTES = 500_000; // of all files together, compressed

const here = dirname(fileURLToPath(import.meta.url));
const [out, how] = process.argv.slice(2);
if (!out || (how && how !== '--quick')) {
  console.error('node build.mjs OUTDIR [--quick]');
  process.exit(2);
}
const folder = resolve(out);
if (!how) execFileSync(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', here], { stdio: 'inherit' });
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

const { metafile } = await esbuild.build({
  absWorkingDir: here,
  entryPoints: { console: 'src/main.tsx', theme: 'src/base/theme_first.ts' },
  entryNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  charset: 'utf8',
  format: 'iife',
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  metafile: true,
  outdir: folder,
  logLevel: 'warning',
});

const names = Object.keys(metafile.outputs).map((path) => basename(path));
const named = (start, end) => names.find((name) => name.startsWith(start) && name.endsWith(end));
const page = (await readFile(join(here, 'src/index.html'), 'utf8'))
  .replace('THEME_JS', named('theme-', '.js'))
  .replace('CONSOLE_JS', named('console-', '.js'))
  .replace('CONSOLE_CSS', named('console-', '.css'));
await writeFile(join(folder, 'index.html'), page);
await copyFile(join(here, 'src/icon.svg'), join(folder, 'icon.svg'));

// What others wrote is in the bundle, so their terms go with it.
const used = new Set(Object.keys(metafile.inputs).map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
const terms = [];
for (const name of [...used].sort()) {
  const { version } = JSON.parse(await readFile(join(here, 'node_modules', name, 'package.json'), 'utf8'));
  terms.push(`${name} ${version}\n\n${(await readFile(join(here, 'node_modules', name, 'LICENSE'), 'utf8')).trim()}\n`);
}
await writeFile(join(folder, 'licenses.txt'), terms.join(`\n${'-'.repeat(72)}\n\n`));

let sum = 0;
for (const name of ['index.html', 'icon.svg', 'licenses.txt', ...names]) {
  const bytes = gzipSync(await readFile(join(folder, name)), { level: 9 }).length;
  sum += bytes;
  console.log(`${String(bytes).padStart(8)}  ${name}`);
}
console.log(`${String(sum).padStart(8)}  bytes, compressed`);
if (sum > MOST_BYTES) {
  console.error(`that is more than ${MOST_BYTES}`);
  process.exit(1);
}
