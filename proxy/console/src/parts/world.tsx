// A map of the world where every country has a square of one size, about where it lies: small countries are seen as well as
// large ones, and nothing has to be fetched. The list beside it has the same figures.

import { country } from '../base/words';

const ROWS = [
  '.. .. .. .. .. .. .. GL .. IS .. .. .. NO SE FI .. .. .. .. .. .. .. .. .. .. .. .. ..',
  '.. .. CA .. .. .. .. .. .. .. IE GB .. DK .. EE LV RU .. .. .. .. .. .. .. .. .. .. ..',
  '.. .. US .. .. .. .. .. .. .. .. BE NL DE PL LT BY .. .. .. .. .. .. .. .. .. .. .. ..',
  '.. .. MX .. .. CU BS .. .. .. .. FR LU CZ SK UA MD .. .. KZ KG .. MN .. .. .. .. .. ..',
  '.. .. GT BZ .. JM HT DO PR .. PT ES CH AT HU RO .. .. GE UZ .. .. .. .. .. .. .. .. ..',
  '.. .. SV HN .. .. .. .. .. BB .. AD IT SI HR RS BG TR AM AZ TM TJ CN KP KR JP .. .. ..',
  '.. .. .. NI .. .. .. .. TT .. .. .. MT BA AL MK GR CY SY IQ IR AF NP BT .. TW .. .. ..',
  '.. .. .. CR PA CO VE GY SR .. .. MA DZ TN LY EG LB IL JO KW QA PK IN BD HK MO .. .. ..',
  '.. .. .. .. .. EC PE BR GF .. MR ML NE TD SD ER .. .. SA BH AE OM .. MM LA VN PH .. ..',
  '.. .. .. .. .. .. BO PY .. SN GN BF NG CF SS ET DJ .. YE .. .. .. LK TH KH .. .. .. ..',
  '.. .. .. .. .. .. CL AR UY .. SL CI GH CM UG KE SO .. .. .. .. MV .. .. MY BN .. .. ..',
  '.. .. .. .. .. .. .. .. .. .. .. LR TG GA CD RW TZ SC .. .. .. .. .. .. SG ID TL PG ..',
  '.. .. .. .. .. .. .. .. .. .. .. .. BJ CG AO ZM MW KM .. .. .. .. .. .. .. .. AU .. FJ',
  '.. .. .. .. .. .. .. .. .. .. .. .. .. .. NA BW ZW MZ MG MU .. .. .. .. .. .. .. .. NZ',
  '.. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ZA LS SZ .. .. .. .. .. .. .. .. .. .. ..',
].map((row) => row.split(' '));

const SIZE = 20;
const STEPS = [0.25, 0.45, 0.7, 1]; // how much of the colour, by the share of the largest

interface Props {
  label: string;
  values: ReadonlyMap<string, number>; // by ISO 3166-1 code
  show: (value: number) => string;
}

export function World({ label, values, show }: Props) {
  const most = Math.max(...values.values(), 1);
  // Traffic differs by powers of ten: so do the steps.
  const step = (value: number): number => STEPS[Math.min(3, Math.max(0, 3 + Math.ceil(Math.log10(value / most) - 0.001)))]!;
  const width = Math.max(...ROWS.map((row) => row.length)) * SIZE;
  return (
    <svg class="world" viewBox={`0 0 ${width} ${ROWS.length * SIZE}`} role="img" aria-label={label}>
      {ROWS.flatMap((row, y) => row.map((code, x) => {
        if (code === '..') return null;
        const value = values.get(code) ?? 0;
        return (
          <g key={code} class={value > 0 ? 'here' : ''}>
            <rect x={x * SIZE + 1} y={y * SIZE + 1} width={SIZE - 2} height={SIZE - 2} rx="2" fill-opacity={value > 0 ? step(value) : undefined} />
            <text x={x * SIZE + SIZE / 2} y={y * SIZE + SIZE / 2 + 3.5} class={value > 0 && step(value) > 0.6 ? 'strong' : ''}>{code}</text>
            <title>{`${country(code)}: ${value > 0 ? show(value) : 'none'}`}</title>
          </g>
        );
      }))}
    </svg>
  );
}
