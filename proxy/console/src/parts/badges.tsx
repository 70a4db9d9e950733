// Small signs with words: their colour repeats what the word says, and never says it alone.

import { riskOf, standingOf, wordy } from '../base/words';
import { Icon } from './icons';

export function Tags({ tags = [] }: { tags?: readonly string[] }) {
  if (tags.length === 0) return <span class="none">–</span>;
  return <span class="badges">{tags.map((tag) => <span key={tag} class={`badge ${standingOf([tag])}`}>{wordy(tag)}</span>)}</span>;
}

export function RiskScore({ score }: { score: number | undefined }) {
  if (score === undefined) return <span class="none" title="Nothing is known of its risk">–</span>;
  const risk = riskOf(score);
  return (
    <span class={`risk ${risk}`} title={`${score} of 10, ${risk} risk; 10 is the safest`}>
      <span class="risk-number">{score}</span> <span class="risk-word">{risk}</span>
    </span>
  );
}

const MARKS = { high: '▲', medium: '◆', low: '▼', informational: '●' } as Record<string, string>;

export function Severity({ value }: { value: string }) {
  return <span class={`severity ${value}`}><span aria-hidden="true">{MARKS[value] ?? '●'}</span> {wordy(value)}</span>;
}

const STOPPED = ['block', 'blocked', 'refused'];
const CAUTION = ['monitor', 'coach', 'justify', 'step_up', 'notice', 'isolate', 'sign_in_again', 'bypass'];

// What the gateway did, or how it ended where that says more.
export function Verdict({ action, ending }: { action: string; ending?: string }) {
  const word = ending && !['completed', 'blocked', ''].includes(ending) && action === 'allow' ? ending : action;
  const kind = STOPPED.includes(word) ? 'bad' : CAUTION.includes(word) ? 'caution'
    : word === 'allow' ? 'plain' : 'odd';
  return (
    <span class={`verdict ${kind}`}>
      {kind === 'bad' && <Icon name="block" size={12} />}{wordy(word)}
    </span>
  );
}
