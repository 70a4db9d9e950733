// A list of shares as bars: the name, the bar, the number. It is a list for who hears it, so it needs no table beside it.


export interface Bar {
  id: string;
  name: string;
  note?: string;
  to?: string; // within the console, with its query
  parts: { kind: string; value: number; word: string }[];
}

interface Props {
  label: string;
  bars: readonly Bar[];
  show: (value: number) => string;
}

const sum = (bar: Bar): number => bar.parts.reduce((total, part) => total + part.value, 0);

export function Bars({ label, bars, show }: Props) {
  const most = Math.max(...bars.map(sum), 1);
  return (
    <ul class="bars" aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.id}>
          <span class="bar-name">{bar.to ? <a href={`/console${bar.to}`}>{bar.name}</a> : bar.name}
            {bar.note && <span class="bar-note"> {bar.note}</span>}</span>
          <svg class="bar" width="100%" height="8" aria-hidden="true">
            <rect class="bar-ground" width="100%" height="8" rx="1" />
            {bar.parts.map((part, n) => {
              const before = bar.parts.slice(0, n).reduce((total, { value }) => total + value, 0);
              return part.value > 0 && <rect key={part.kind} class={`fill-${part.kind}`} x={`${(before / most) * 100}%`}
                width={`${(part.value / most) * 100}%`} height="8" />;
            })}
          </svg>
          <span class="bar-value" title={bar.parts.filter((part) => part.value > 0)
            .map((part) => `${part.word} ${show(part.value)}`).join(', ')}>{show(sum(bar))}</span>
        </li>
      ))}
    </ul>
  );
}

export function Legend({ items }: { items: readonly { kind: string; word: string }[] }) {
  return (
    <span class="legend">
      {items.map(({ kind, word }) => (
        <span key={kind}><svg width="8" height="8" aria-hidden="true"><rect class={`fill-${kind}`} width="8" height="8" rx="1" /></svg> {word}</span>
      ))}
    </span>
  );
}
