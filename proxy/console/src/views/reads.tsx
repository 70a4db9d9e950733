// Who looked at what persons did: through this console, the API and the command line.

import { useState } from 'preact/hooks';
import { ask } from '../base/api';
import { count, one } from '../base/format';
import { useLoad } from '../base/load';
import { readRange } from '../base/ranges';
import { place } from '../base/router';
import { FilterBar, SearchField } from '../parts/filter_bar';
import { Link } from '../parts/link';
import { Nothing, Refused, Waiting } from '../parts/states';
import { Table } from '../parts/table';
import { Time } from '../parts/time';
import { say } from '../parts/toast';

interface Read { number: number; at: string; kind: string; who?: string; via?: string; what?: string; about?: string; question?: string; reason?: string; rows: number; times: number }
interface Answer { entries: Read[]; next: number | null }

export function Reads() {
  const conditions = { who: place.value.query.get('who') ?? '', user: place.value.query.get('user') ?? '', since: readRange('30d'), limit: 200 };
  const { value, failure, loading, again } = useLoad<Answer>('audit-reads', conditions);
  const [pages, setPages] = useState<{ of: Answer | undefined; answers: Answer[] }>({ of: undefined, answers: [] });
  const answers = pages.of === value ? pages.answers : [];
  const rows = [...(value?.entries ?? []), ...answers.flatMap(({ entries }) => entries)];
  const next = (answers.at(-1) ?? value)?.next ?? null;
  const more = async (): Promise<void> => {
    try {
      const answer = await ask<Answer>('audit-reads', { query: { ...conditions, after: next ?? undefined } });
      setPages({ of: value, answers: [...answers, answer] });
    } catch (failed) {
      say(failed instanceof Error ? failed.message : String(failed), 'bad');
    }
  };
  return (
    <>
      <FilterBar names={['who', 'user']}>
        <SearchField name="who" placeholder="Who looked" /><SearchField name="user" placeholder="At whom" />
      </FilterBar>
      {failure && <Refused failure={failure} again={again} />}
      {!value && loading && <Waiting rows={12} />}
      {value && rows.length === 0 && <Nothing title="Nobody looked" />}
      {rows.length > 0 && (
        <div class="sheet">
          <Table label="Reads" rows={rows} idOf={(row) => String(row.number)} keys stale={loading} columns={[
            { key: 'number', title: 'No.', number: true, least: 'wide', cell: (row) => row.number },
            { key: 'at', title: 'Time', cell: (row) => <Time at={row.at} seconds /> },
            { key: 'who', title: 'Who', cell: (row) => <span class="strong">{row.who ?? '–'}</span> },
            { key: 'via', title: 'Through', least: 'middle', cell: (row) => row.via ?? '–' },
            { key: 'what', title: 'What', grow: true, cell: (row) => <span class="mono">{row.what ?? row.kind}</span> },
            { key: 'about', title: 'At whom', cell: (row) => row.about ? <Link to={`/users/${encodeURIComponent(row.about)}`}>{row.about}</Link> : '–' },
            { key: 'reason', title: 'Reason', least: 'wide', cell: (row) => row.reason ?? '–' },
            { key: 'rows', title: 'Rows', number: true, cell: (row) => count(row.rows) },
            { key: 'times', title: 'Times', number: true, least: 'middle', cell: (row) => count(row.times) },
          ]} />
          <div class="sheet-foot"><span>{one(rows.length, 'entry', 'entries')}</span>
            {next !== null && <button type="button" class="quiet" onClick={() => void more()}>Show more</button>}</div>
        </div>
      )}
    </>
  );
}
