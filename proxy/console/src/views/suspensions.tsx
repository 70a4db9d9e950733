import { ask } from '../base/api';
import { attempt } from '../parts/toast';

export interface Suspension { id: string; user: string; reach: string; app?: string; asks?: 'step_up' | 'sign_in_again'; from: string; until?: string; reason?: string; by?: string; who?: string }

// `reach` names an app where it is neither of the wide ones.
export const liftQuery = ({ reach, app, asks }: Suspension): { app?: string; sanctioned?: string; asks?: string } =>
  ({ asks, ...(reach === 'everything' ? {} : /sanctioned/.test(reach) ? { sanctioned: 'true' } : { app: app ?? reach.replace(/^app /, '') }) });

export const suspensionTitle = ({ asks }: Suspension): string =>
  asks === 'step_up' ? 'A second factor is required' : asks === 'sign_in_again' ? 'Must sign in again' : 'Suspended';

export function Lift({ suspension, onDone }: { suspension: Suspension; onDone: () => void }) {
  return (
    <button type="button" onClick={() => void attempt(async () => {
      await ask(`suspensions/${encodeURIComponent(suspension.user)}`, { method: 'DELETE', query: liftQuery(suspension) });
      onDone();
    }, `${suspension.user} may go on, in force now`)}>Lift</button>
  );
}
