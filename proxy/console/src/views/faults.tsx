// What the gateway found wrong in something that was written, with the place marked.

export interface Found { file?: string; line: number; column: number; length?: number; severity?: string; message: string; hint?: string }

export function FilterFaults({ text, found }: { text: string; found: readonly Found[] }) {
  return (
    <div class="refused" role="alert"><div class="faults">
      {found.map((one, n) => (
        <div key={n}>
          <p class="refused-title">{one.message}</p>
          {one.line > 0 && <pre class="caret">{text.split('\n')[one.line - 1]}{'\n'}{' '.repeat(Math.max(one.column - 1, 0))}{'^'.repeat(Math.max(one.length ?? 1, 1))}</pre>}
          {one.hint && <p>{one.hint}</p>}
        </div>
      ))}
    </div></div>
  );
}
