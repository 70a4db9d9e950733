// A gateway to look at while the console is written: node tests/console/stand.mjs [BINARY] [ADMIN]; Ctrl-C ends it.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Gateway } from './gateway.mjs';

const source = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const [binary = join(source, 'build/dev/sallyport'), admin = '127.0.0.1:0'] = process.argv.slice(2);
const gateway = await Gateway.start({ binary: resolve(binary), source, admin, count: 8000 });
await gateway.misdeeds();
console.log(`admin ${gateway.admin}\nproxy ${gateway.proxy}\nstate ${gateway.state}\ntoken ${gateway.token}`);
process.on('SIGINT', async () => { await gateway.stop(); process.exit(0); });
