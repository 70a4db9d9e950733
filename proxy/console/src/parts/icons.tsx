// Our own icons, drawn on 16 by 16 with lines of 1.5.

const PATHS = {
  discover: 'M2 13.5h12M4 11V7m4 4V3m4 8V5.5',
  apps: 'M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z',
  activities: 'M2.5 4h2M7 4h6.5M2.5 8h2M7 8h6.5M2.5 12h2M7 12h6.5',
  files: 'M4 1.75h5l3.25 3.5v9H4zM8.75 2v3.5H12',
  alerts: 'M8 2.25 14.25 13.5H1.75zM8 6.5v3M8 11.4v.4',
  identities: 'M8 7.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5zM2.5 14c.4-2.9 2.6-4.5 5.5-4.5s5.1 1.6 5.5 4.5',
  policies: 'M8 1.75 13.5 3.5v4.25c0 3.25-2.25 5.5-5.5 6.5-3.25-1-5.5-3.25-5.5-6.5V3.5zM5.75 8l1.75 1.75L10.5 6.5',
  networks: 'M8 14.25A6.25 6.25 0 1 0 8 1.75a6.25 6.25 0 0 0 0 12.5zM1.75 8h12.5M8 1.75c2 1.75 2.75 4 2.75 6.25S10 12.5 8 14.25C6 12.5 5.25 10.25 5.25 8S6 3.5 8 1.75z',
  governance: 'M3 2.25h10v11.5H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3',
  gateway: 'M2.5 14V7.5a5.5 5.5 0 0 1 11 0V14M6 14V8a2 2 0 0 1 4 0v6M1.5 14h13',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.25 10.25l3.5 3.5',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5l3.25 3.25L13 5',
  down: 'M4 6l4 4 4-4',
  right: 'M6 4l4 4-4 4',
  left: 'M10 4L6 8l4 4',
  sun: 'M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1',
  moon: 'M13.25 9.75A5.75 5.75 0 0 1 6.25 2.75a5.75 5.75 0 1 0 7 7z',
  system: 'M2 3h12v8H2zM5.5 13.5h5M8 11v2.5',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  upload: 'M8 10.5V2.5M4.75 5.5 8 2.25l3.25 3.25M2.5 13.5h11',
  download: 'M8 2.25v8M4.75 7.25 8 10.5l3.25-3.25M2.5 13.5h11',
  filter: 'M2 3.5h12L9.5 8.5v4L6.5 13.5v-5z',
  plus: 'M8 3v10M3 8h10',
  chart: 'M2 13.5h12M3 10.5l3.25-3.5 2.5 2L13 4',
  table: 'M2 3h12v10H2zM2 6.5h12M6.5 6.5V13',
  reload: 'M13.25 8A5.25 5.25 0 1 1 11.5 4.1M13.25 1.75V5h-3.25',
  leave: 'M6.5 13.5H2.75v-11H6.5M9.5 5l3 3-3 3M12.5 8H6',
  block: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM3.75 3.75l8.5 8.5',
  dot: 'M8 9.25a1.25 1.25 0 1 0 0-2.5 1.25 1.25 0 0 0 0 2.5z',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 9.75a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5z',
  play: 'M4.5 2.75 12.5 8l-8 5.25z',
  key: 'M10.5 9a3.5 3.5 0 1 0-3.3-2.3L2 12v2h2.5v-1.5h1.5v-1.5h1.5l1.3-1.3A3.5 3.5 0 0 0 10.5 9zM11 5v.1',
  pause: 'M5 3v10M11 3v10',
} as const;

export type IconName = keyof typeof PATHS;

// Beside words an icon says nothing of its own; alone it needs the name that its button has.
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor"
      stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
