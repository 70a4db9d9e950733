// A time in the reader's zone; how long ago stands in its tip, and the zone.

import { ago, minute, second, zone } from '../base/format';

export function Time({ at, seconds = false, relative = false, clock = false }: { at: string | undefined; seconds?: boolean; relative?: boolean; clock?: boolean }) {
  if (!at) return <span class="none">–</span>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={`${second(date)} ${zone()}, ${ago(date)}`}>{relative ? ago(date) : clock ? second(date).slice(11, seconds ? 19 : 16) // The day stands above.
      // Where there is little room the sheet leaves out the year and the seconds.
      : <><span class="piece"><span class="year">{date.getFullYear()}-</span>{minute(date).slice(5, 10)}</span> <span class="piece">{minute(date).slice(11)}{seconds && <span class="seconds">{second(date).slice(16)}</span>}</span></>}</time>
  );
}
