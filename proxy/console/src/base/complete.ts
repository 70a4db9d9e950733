// What could stand at a place in a file of policies: keys and values by the JSON Schema that the gateway gives, with what it
// says of them. It reads just enough YAML for that: indentation, dashes, and brackets within a line.

export interface Schema {
  description?: string; $ref?: string; enum?: unknown[]; const?: unknown; type?: string | string[]; pattern?: string;
  properties?: Record<string, Schema>; items?: Schema; anyOf?: Schema[]; allOf?: Schema[]; additionalProperties?: boolean | Schema;
  if?: Schema; then?: Schema; $defs?: Record<string, Schema>;
}

export interface Option { label: string; insert: string; kind: 'key' | 'value'; note?: string }
// `from` to `to` is what an option replaces; `about` is what the schema says of the key that a value is for.
export interface Completion { from: number; to: number; word: string; options: Option[]; about: string; aboutOf: (option: Option) => string; path: string[] }

const MOST = 150;
export const WORD = /[\w./*-]/;

interface Line { indent: number; dash: number; key: string; value: string } // columns of the key and its dash; dash -1: none

function readLine(text: string): Line | null {
  const [, space = '', dashes = '', rest = ''] = /^( *)((?:- +)*)(.*)$/.exec(text) ?? [];
  if (rest === '' || rest.startsWith('#')) return rest === '' && dashes ? { indent: space.length + dashes.length, dash: space.length, key: '', value: '' } : null;
  const [, key = '', value = ''] = /^([\w.-]+):(?:\s+(.*))?$/.exec(rest) ?? [];
  return { indent: space.length + dashes.length, dash: dashes ? space.length + dashes.length - 2 : -1, key, value: key ? value : rest };
}

// Is `at` behind a '#', or within quotes that are not closed?
function dead(before: string): boolean {
  let quote = '';
  for (let i = 0; i < before.length; ++i) {
    const c = before[i]!;
    if (quote) {
      if (c === '\\' && quote === '"') ++i;
      else if (c === quote) quote = '';
    } else if ((c === '"' || c === "'") && !/\w/.test(before[i - 1] ?? '')) quote = c;
    else if (c === '#' && /(^|\s)$/.test(before.slice(0, i))) return true;
  }
  return quote !== '';
}

// The keys that lead to the line `n`, the policy's own last; the first line of the policy.
function above(lines: readonly string[], n: number, column: number, dash: number): { path: string[]; first: number } | null {
  const path: string[] = [];
  let least = dash >= 0 ? dash + 1 : column; // a parent's key is left of this
  let first = n;
  for (let i = n; i >= 0; --i) {
    const line = readLine(lines[i]!);
    if (!line) continue;
    if (i !== n && line.key && line.indent < least) {
      if (/^[>|]/.test(line.value)) return null; // within a text of several lines
      path.unshift(line.key);
      least = line.dash >= 0 ? line.dash + 1 : line.indent;
    }
    if (lines[i]!.startsWith('-')) {
      first = i;
      break;
    }
  }
  return { path, first };
}

// Brackets that are open before the place, and the keys that they belong to.
function flow(text: string): { path: string[]; open: string; token: string } {
  const stack: { bracket: string; key: string }[] = [];
  let key = '';
  let token = '';
  for (const c of text) {
    if (c === '{' || c === '[') {
      stack.push({ bracket: c, key });
      key = '';
      token = '';
    } else if (c === '}' || c === ']') {
      key = stack.pop()?.key ?? '';
      token = '';
    } else if (c === ',') {
      if (stack.at(-1)?.bracket !== '[') key = '';
      token = '';
    } else if (c === ' ' && /[\w.-]:$/.test(token) && stack.at(-1)?.bracket === '{') {
      key = token.slice(0, -1).trim();
      token = '';
    } else token += c;
  }
  return { path: [...stack.map((one) => one.key), key].filter(Boolean), open: stack.at(-1)?.bracket ?? '', token };
}

export class Completer {
  constructor(private readonly schema: Schema) {}

  // What a schema may stand for: its references followed, its alternatives and the members of its lists beside it.
  private flat(of: readonly Schema[], depth = 0): Schema[] {
    if (depth > 6) return [];
    return of.flatMap((one) => {
      const more: Schema[] = [];
      if (one.$ref) more.push(this.schema.$defs?.[one.$ref.replace('#/$defs/', '')] ?? {});
      if (one.anyOf) more.push(...one.anyOf);
      if (one.items) more.push(one.items);
      return [one, ...this.flat(more, depth + 1)];
    });
  }

  private step(of: readonly Schema[], key: string): Schema[] {
    return this.flat(of).flatMap(({ properties, additionalProperties: others }) =>
      properties?.[key] ? [properties[key]] : typeof others === 'object' ? [others] : []);
  }

  // The schema at the end of a path; conditions are those of the policy's kind.
  private at(path: readonly string[], kind: string): Schema[] {
    const item = this.schema.items ? this.flat([this.schema.items]) : [];
    const own = item.flatMap(({ allOf }) => allOf ?? []).filter((rule) => rule.if?.properties?.kind?.const === kind).flatMap((rule) => (rule.then ? [rule.then] : []));
    return path.reduce((of: Schema[], key, n) => {
      const exact = n === 0 ? this.step(own, key) : [];
      return exact.length > 0 ? exact : this.step(of, key);
    }, item);
  }

  private describe(of: readonly Schema[]): string {
    return this.flat(of).find(({ description }) => description)?.description ?? '';
  }

  // `asked`: by a key, not by having typed a letter.
  complete(text: string, at: number, asked = false): Completion | null {
    const start = text.lastIndexOf('\n', at - 1) + 1;
    const before = text.slice(start, at);
    if (dead(before)) return null;
    let from = at;
    while (from > start && WORD.test(text[from - 1]!)) --from;
    let to = at;
    while (to < text.length && WORD.test(text[to]!)) ++to;
    const word = text.slice(from, at);
    const lines = text.split('\n');
    const n = text.slice(0, start).split('\n').length - 1;
    const [, lead = ''] = /^( *(?:- +)*)/.exec(before) ?? [];
    const dash = lead.includes('-') ? lead.lastIndexOf('-') : -1;
    const [, key = '', value] = /^([\w.-]+):(\s.*)$/.exec(before.slice(lead.length)) ?? [];
    const around = above(lines, n, lead.length, dash);
    if (!around) return null;
    const inner = flow(key ? value! : before.slice(lead.length));
    const path = [...around.path, ...(key ? [key] : []), ...inner.path];
    const keyPlace = inner.open === '{' ? !inner.path.length || !/:\s+[^,{[]*$/.test(before) : inner.open === '' && !key;
    const rest = lines.slice(around.first);
    const end = rest.findIndex((line, i) => i > 0 && line.startsWith('-'));
    const policy = end < 0 ? rest : rest.slice(0, end);
    const kind = policy.map((line) => /^[- ] kind: *(\w+)/.exec(line)?.[1]).find(Boolean) ?? 'session';
    if (keyPlace && lead.length === 0 && dash < 0 && inner.open === '') return null; // A policy begins with a dash.
    const schemas = this.at(path, kind);
    const isKey = keyPlace && (schemas.length === 0 || this.flat(schemas).some(({ properties }) => properties)); // a list may be of words
    const options = isKey ? this.keys(schemas, lead.length, inner.open === '', this.siblings(lines, n, lead.length, dash)) : this.values(schemas);
    const wanted = word.toLowerCase();
    const starts = options.filter(({ label }) => label.toLowerCase().startsWith(wanted));
    const holds = options.filter(({ label }) => !label.toLowerCase().startsWith(wanted) && label.toLowerCase().includes(wanted));
    const found = [...starts, ...holds].slice(0, MOST);
    if (!asked && (found.some(({ label }) => label === word) || (word === '' && isKey))) return null;
    return { from, to, word, path, options: found, about: isKey ? '' : this.describe(schemas),
      aboutOf: (option) => option.note ?? (option.kind === 'key' ? this.describe(this.step(schemas, option.label)) : this.describe(schemas)) };
  }

  // Keys that stand in the same block already.
  private siblings(lines: readonly string[], n: number, column: number, dash: number): ReadonlySet<string> {
    const found = new Set<string>();
    const look = (i: number): boolean => {
      const line = readLine(lines[i]!);
      if (!line) return true;
      if (line.indent < column) return false;
      if (line.indent === column && line.key) found.add(line.key);
      return true;
    };
    if (dash < 0) for (let i = n - 1; i >= 0 && look(i); --i) if ((readLine(lines[i]!)?.dash ?? -1) >= 0 && readLine(lines[i]!)?.indent === column) break;
    for (let i = n + 1; i < lines.length; ++i) {
      const line = readLine(lines[i]!);
      if (line && line.dash >= 0 && line.indent <= column) break;
      if (!look(i)) break;
    }
    return found;
  }

  private keys(of: readonly Schema[], column: number, block: boolean, taken: ReadonlySet<string>): Option[] {
    const properties = this.flat(of).flatMap((one) => Object.entries(one.properties ?? {}));
    return [...new Map(properties)].filter(([name]) => !taken.has(name)).map(([name, schema]) => {
      const flat = this.flat([schema]);
      const nests = flat.some((one) => one.properties) && !flat.some((one) => one.enum);
      const list = flat[0]?.type === 'array';
      const pad = ' '.repeat(column + 2);
      return { label: name, kind: 'key', insert: !nests || !block ? `${name}: ` : list ? `${name}:\n${pad}- ` : `${name}:\n${pad}` };
    });
  }

  private values(of: readonly Schema[]): Option[] {
    const flat = this.flat(of);
    const words = flat.flatMap((one) => [...(one.enum ?? []), ...(one.const !== undefined ? [one.const] : []), ...(one.type === 'boolean' ? [true, false] : [])]).map(String);
    const last = ['is set', 'is not set', 'unknown'];
    const option = (label: string): Option => ({ label, insert: label, kind: 'value', note: NOTES[label] });
    const sorted = [...new Set(words)].sort((a, b) => last.indexOf(a) - last.indexOf(b));
    const conditions = sorted.includes('is set'); // other values have no operators
    return [...sorted.filter((word) => !last.includes(word)).map(option), ...(conditions ? operators(flat) : []), ...sorted.filter((word) => last.includes(word)).map(option)];
  }
}

const NOTES: Record<string, string> = { 'is set': 'The fact is there at all, once it could be.', 'is not set': 'The fact is not there, though it could be.', unknown: 'There is none: nobody, no app.' };

// How values are written that are no words (conf/policies/reference.md).
function operators(flat: readonly Schema[]): Option[] {
  const found: [string, string][] = [];
  const patterns = flat.map(({ pattern }) => pattern ?? '');
  if (patterns.some((pattern) => pattern.includes('[kKMGTP]'))) {
    found.push(['"> 10 MB"', 'More than so many bytes; B, KB, MB, GB, KiB, MiB, GiB.'], ['"< 1 MB"', 'Less than so many bytes.'], ['"1 MB..10 MB"', 'From the one to the other; both belong to it.']);
  } else if (patterns.some((pattern) => pattern.includes('(=|<|>'))) {
    found.push(['"> 5"', 'More than; ">= 5" from it on.'], ['"< 5"', 'Less than; "<= 5" up to it.'], ['"5..10"', 'From the one to the other; both belong to it.']);
  }
  if (patterns.some((pattern) => pattern.includes('[0-9]{2}:[0-9]{2}'))) found.push(['08:00..18:00', 'From the one time to the minute before the other, also over midnight.']);
  if (patterns.some((pattern) => pattern.startsWith('^(mon'))) found.push(['mon..fri', 'Both days belong to it.']);
  if (flat.some(({ type }) => Array.isArray(type) && type.includes('string'))) found.push(['"~ "', 'An expression of RE2, anywhere in the text: "~ ^/api/".'], ['"*"', 'A text with * for any run and ? for one byte.']);
  if (patterns.includes('^list/.')) found.push(['list/', 'Each line of the list of that name.']);
  return found.map(([label, note]) => ({ label, insert: label, kind: 'value', note }));
}
