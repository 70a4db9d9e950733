// Conditions in the language of policies, as the gateway's `filter` takes them: "app.tag: unsanctioned, activity: upload".

// A value as YAML: quoted where it could be read as something else.
export const yamlValue = (value: string): string =>
  /^[A-Za-z0-9][\w./:-]*$/.test(value) && !/^(true|false|null|yes|no|on|off)$/i.test(value) && !value.includes(': ') && !value.endsWith(':')
    ? value : JSON.stringify(value);

// `text` with one more condition. One about the same attribute is replaced: a mapping has each key once.
export function withCondition(text: string, attribute: string, value: string): string {
  const added = `${attribute}: ${yamlValue(value)}`;
  const rest = topLevel(text).filter((part) => part.slice(0, part.indexOf(':')).trim() !== attribute);
  return [...rest, added].join(', ');
}

// The conditions of a text, parted at the commas that are in no bracket and no quotes.
export function topLevel(text: string): string[] {
  const bare = text.trim().replace(/^\{([\s\S]*)\}$/, '$1');
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let i = 0; i < bare.length; ++i) {
    const c = bare[i]!;
    if (quote) {
      if (c === '\\' && quote === '"') ++i;
      else if (c === quote) quote = '';
    } else if (c === '"' || (c === "'" && /[\s:,[{]/.test(bare[i - 1] ?? ' '))) quote = c;
    else if (c === '[' || c === '{') ++depth;
    else if (c === ']' || c === '}') --depth;
    else if (c === ',' && depth === 0) {
      parts.push(bare.slice(from, i).trim());
      from = i + 1;
    }
  }
  parts.push(bare.slice(from).trim());
  return parts.filter(Boolean);
}

// What somebody typed: conditions as they are; a word alone is looked for where it may stand.
export function toFilter(text: string): string {
  const bare = text.trim();
  if (bare === '' || bare.includes(': ') || bare.startsWith('{')) return bare;
  const pattern = JSON.stringify(`~ (?i)${bare.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
  return `any: [{host: ${pattern}}, {path: ${pattern}}, {file.name: ${pattern}}, {user: ${pattern}}]`;
}
