// A time in the reader's zone; how long ago stands in its tip, and the zone.

import { ago, minute, second, zone } from '../base/format';

export function Time({ at, seconds = false, relative = false }: { at: string | undefined; seconds?: boolean; relative?: boolean }) {
  if (!at) return <span class="none">–</span>;
  const date = new Date(at);
  const text = seconds ? second(date) : minute(date);
  return (
    <time dateTime={at} title={`${second(date)} ${zone()}, ${ago(date)}`}>{relative ? ago(date) : text}</time>
  );
}
