/** What the tab's icon shows: the logo, how far the downloads are (0 to 1), or that one is done. */
export type TabIcon = "logo" | "done" | number;

const LOGO = "/icon.svg";
/** The ring grows in such steps: a tab's icon has 16 pixels. */
const STEPS = 20;
/** Browsers redraw the whole row of tabs. */
const MIN_MILLIS = 1_000;

const DONE = picture(
  "#2c9c66",
  `<path d="m8.500 17 5 5L24 11" fill="none" stroke="#fff" stroke-width="4.500" stroke-linecap="round" stroke-linejoin="round"/>`,
);

/** The address of an icon. */
export function iconAddress(icon: TabIcon): string {
  if (icon === "logo") return LOGO;
  return icon === "done" ? DONE : ring(Math.floor(icon * STEPS) / STEPS);
}

/** Shows icons in the tab, at most one a second. */
export function tabIcon(link: HTMLLinkElement | null): (icon: TabIcon) => void {
  let wanted = LOGO;
  let shown = LOGO;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const draw = (): void => {
    timer = undefined;
    if (shown === wanted || link === null) return;
    shown = wanted;
    link.href = shown;
    timer = setTimeout(draw, MIN_MILLIS);
  };
  return (icon) => {
    wanted = iconAddress(icon);
    if (timer === undefined) draw();
  };
}

function ring(share: number): string {
  const circle = `<circle cx="16" cy="16" r="9" fill="none" stroke="#1b1c15" stroke-width="5.500"`;
  return picture(
    "#ffc53d",
    `${circle} opacity=".25"/>${circle} pathLength="1" stroke-dasharray="${share} 2" transform="rotate(-90 16 16)"/>`,
  );
}

function picture(ground: string, drawn: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${ground}"/>${drawn}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
