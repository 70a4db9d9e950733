// A unified diff, line by line: the sign says what the colour says.

export function Diff({ text, label }: { text: string; label: string }) {
  const lines = text.replace(/\n$/, '').split('\n');
  const from = lines.findIndex((line) => line.startsWith('@@'));
  const kindOf = (line: string): string => (line.startsWith('@@') ? 'diff-place' : line.startsWith('+') ? 'diff-in' : line.startsWith('-') ? 'diff-out' : '');
  return (
    <pre class="diff" tabIndex={0} aria-label={label}>
      {lines.slice(Math.max(from, 0)).map((line, n) => <span key={n} class={kindOf(line)}>{line || ' '}{'\n'}</span>)}
    </pre>
  );
}
