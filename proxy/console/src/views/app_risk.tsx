// How the risk score of an app is made: its factors, their weights, and the doubt about what is not known.

import { useState } from 'preact/hooks';
import { percent } from '../base/format';
import { riskOf, wordy } from '../base/words';
import { RiskScore } from '../parts/badges';
import { Panel } from '../parts/page';
import { Nothing } from '../parts/states';
import { Table } from '../parts/table';

interface Factor { factor: string; group: string; weight: string; points?: number; values: string[]; source: string; date: string; note: string }
interface Group { group: string; weight: string; points?: number; known: number }
export interface RiskMade { risk_score?: number; points?: number; known: number; stated_score?: number; stated_by?: string; note?: string; groups: Group[]; factors: Factor[] }

const WEIGHTS = ['ignored', 'low', 'medium', 'high', 'very_high']; // 0 to 4, as discovery/catalog/risk.h has it
const weight = (word: string): number => Math.max(0, WEIGHTS.indexOf(word));
const tenth = (value: number): string => value.toFixed(1);

const text = (value: string) => (/^https?:\/\//.test(value) ? <span class="break">{value.replace(/^https?:\/\//, '')}</span> : value === 'true' ? 'yes' : value === 'false' ? 'no' : wordy(value));

// The mean of what is known, drawn towards 5 by doubt: with the counted sums, so that it can be checked.
function Arithmetic({ group, factors }: { group: Group; factors: readonly Factor[] }) {
  const counted = factors.filter((one) => one.points !== undefined && weight(one.weight) > 0);
  const sum = counted.reduce((total, one) => total + weight(one.weight) * one.points!, 0);
  const of = counted.reduce((total, one) => total + weight(one.weight), 0);
  // What the doubt must weigh to come to the group's points; nothing to tell where it has none.
  const doubt = group.points === undefined || Math.abs(group.points - 5) < 1e-9 ? 0 : (sum - group.points * of) / (group.points - 5);
  if (group.points === undefined) return <p class="panel-note">Nothing is known that counts.</p>;
  return (
    <p class="panel-note">{counted.length} counted: their points times weights come to {tenth(sum)}, of weight {of}.
      {doubt > 0.01 && ` Doubt adds weight ${Math.round(doubt)} at 5 points.`} Together {tenth(group.points)} of 10.</p>
  );
}

function GroupPart({ group, factors }: { group: Group; factors: readonly Factor[] }) {
  const [open, setOpen] = useState(false);
  const points = group.points ?? 0;
  return (
    <li class="risk-group">
      <button type="button" class="quiet risk-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span>{wordy(group.group)}</span>
        <svg class="bar" width="100%" height="8" aria-hidden="true"><rect class="bar-ground" width="100%" height="8" rx="1" />
          {group.points !== undefined && <rect class={`fill-risk-${riskOf(Math.round(points))}`} width={`${points * 10}%`} height="8" rx="1" />}</svg>
        <span class="bar-value">{group.points === undefined ? 'unknown' : `${tenth(points)} of 10`}</span>
        <span class="none risk-known">{percent(group.known)} known</span></button>
      {open && <div class="edge">
        <Table label={`Factors, ${wordy(group.group)}`} rows={factors} idOf={(row) => row.factor} columns={[
          { key: 'factor', title: 'Factor', fold: true, sort: (row) => row.factor, cell: (row) => wordy(row.factor) },
          { key: 'value', title: 'Value', grow: true, fold: true, cell: (row) => <>{row.values.map((value, n) => <span key={value}>{n > 0 && ', '}{text(value)}</span>)}{row.note && <><br /><span class="none">{row.note}</span></>}</> },
          { key: 'points', title: 'Points', number: true, sort: (row) => row.points ?? -1, cell: (row) => row.points === undefined ? '–' : tenth(row.points) },
          { key: 'weight', title: 'Weight', sort: (row) => weight(row.weight), cell: (row) => <span class={weight(row.weight) === 0 ? 'none' : ''}>{wordy(row.weight)}</span> },
          { key: 'source', title: 'Source', least: 'middle', fold: true, cell: (row) => <span title={`As of ${row.date}`}>{wordy(row.source)}</span> },
          { key: 'date', title: 'As of', least: 'wide', cell: (row) => row.date },
        ]} />
        <div class="inset"><Arithmetic group={group} factors={factors} /></div></div>}
    </li>
  );
}

export function AppRisk({ risk }: { risk: RiskMade }) {
  const shown = risk.groups.filter((group) => weight(group.weight) > 0 || risk.factors.some((one) => one.group === group.group));
  return (
    <Panel title="Risk" class="span-two" tools={<RiskScore score={risk.stated_score ?? risk.risk_score} />}>
      {shown.length === 0 ? <Nothing title="Nothing is known of its risk" /> : <ul class="risk-groups">
        {shown.map((group) => <GroupPart key={group.group} group={group} factors={risk.factors.filter((one) => one.group === group.group)} />)}</ul>}
      <p class="panel-note">{risk.points !== undefined && `The groups come to ${risk.points.toFixed(2)} by their weights (${shown.map((group) => `${wordy(group.group).toLowerCase()} ${wordy(group.weight).toLowerCase()}`).join(', ')}). `}
        {percent(risk.known)} of what is asked is known; what is not counts as doubt. 10 is the safest.</p>
      {risk.stated_score !== undefined && <p class="panel-note">{risk.stated_by === 'import' ? 'Said to be' : 'You say'} {risk.stated_score} of 10{risk.note && `: ${risk.note}`}</p>}
    </Panel>
  );
}
