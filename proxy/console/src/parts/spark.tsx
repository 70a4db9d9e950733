// Small columns of a day each. The numbers stand in the tip, and in words for who hears it.

import { compact } from '../base/format';

export function Spark({ values, titles, label, wide = false }: { values: readonly number[]; titles?: readonly string[]; label?: string; wide?: boolean }) {
  const most = Math.max(...values, 1);
  const width = wide ? 12 : 4;
  const height = wide ? 40 : 16;
  const sum = values.reduce((total, value) => total + value, 0);
  const common = label === undefined ? { 'aria-hidden': true } as const : { role: 'img', 'aria-label': `${label}: ${compact(sum)} in all, at most ${compact(Math.max(...values, 0))} a day` } as const;
  return (
    <svg class={wide ? 'spark wide' : 'spark'} {...(wide ? { viewBox: `0 0 ${values.length * width} ${height}`, preserveAspectRatio: 'none', width: '100%', height } : { width: values.length * width, height })} {...common}>
      {values.map((value, n) => <rect key={n} class={value > 0 ? 'fill-plain' : 'bar-ground'} x={n * width} width={width - 1}
        y={value > 0 ? height - Math.max(2, (value / most) * height) : height - 1} height={value > 0 ? Math.max(2, (value / most) * height) : 1}>
        {titles && <title>{`${titles[n]}: ${compact(value)}`}</title>}</rect>)}
    </svg>
  );
}
