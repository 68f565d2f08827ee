/** Paths on a 20 by 20 grid, with round strokes. Icons are decoration: the text beside each says the same. */
const PATHS = {
  upload: "M10 16V5m-5 5 5-5 5 5",
  download: "M10 4v11m-5-5 5 5 5-5",
  search: "M14 9a5 5 0 1 1-10 0 5 5 0 0 1 10 0Zm-1.5 3.5 4 4",
  check: "m4.5 10.5 4 4 7-9",
  pause: "M7.5 5v10m5-10v10",
  play: "M7 4.5v11l8.5-5.5Z",
  warning: "M10 6.5v4m0 3v.01M17.5 10a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0Z",
  key: "M12.5 10.5a3.5 3.5 0 1 0-3-1.700L4 14.300V16h2.5v-1.700h1.700v-1.600l1.600-1.5",
  lock: "M6.5 9V6.500a3.500 3.500 0 0 1 7 0V9m-8 0h9a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z",
  dots: "M5 10v.01m5-.01v.01m5-.01v.01",
  file: "M11.5 3H6a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V6.5Zm0 0v3.5H15",
  text: "M4 5.5h12M4 10h12M4 14.5h7",
  folder: "M3 6a1 1 0 0 1 1-1h3.5l2 2H16a1 1 0 0 1 1 1v6.5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1Z",
  copy: "M8 8V4.5A.5.5 0 0 1 8.5 4h7a.5.5 0 0 1 .5.5v7a.5.5 0 0 1-.5.5H12M4.5 8h7a.5.5 0 0 1 .5.5v7a.5.5 0 0 1-.5.5h-7a.5.5 0 0 1-.5-.5v-7A.5.5 0 0 1 4.5 8Z",
  close: "m5 5 10 10M15 5 5 15",
  chevron: "m5 8 5 5 5-5",
  rows: "M4 5.5h12M4 10h12M4 14.5h12",
  sliders:
    "M3 6.5h8m4 0h2m-14 7h2m4 0h8M15 6.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0Zm-6 7a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A tab and its peers: centre and radius of each dot on a 64 by 64 grid. */
const SWARM = [
  [32, 32, 8],
  [49, 32, 6],
  [40.5, 46.7, 5],
  [23.5, 46.7, 6],
  [15, 32, 5],
  [23.5, 17.3, 6],
  [40.5, 17.3, 5],
] as const;

/** The logo, the same as `public/icon.svg`. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 64 64" aria-hidden="true">
      <rect width="64" height="64" rx="16" fill="#ffc53d" />
      {SWARM.map(([x, y, radius]) => (
        <circle key={`${x},${y}`} cx={x} cy={y} r={radius} fill="#1b1c15" />
      ))}
    </svg>
  );
}

/** A large picture of the same dots, each joined to its neighbours: everybody passes parts on. */
export function Swarm() {
  return (
    <svg class="swarm" viewBox="6 8 52 48" aria-hidden="true">
      <path
        d="M32 32h17l-8.5 14.7h-17L15 32l8.5-14.7h17L49 32M23.5 17.3l17 29.4m0-29.4-17 29.4M15 32h17"
        fill="none"
      />
      {SWARM.map(([x, y, radius]) => (
        <circle key={`${x},${y}`} cx={x} cy={y} r={radius * 0.7} />
      ))}
    </svg>
  );
}
