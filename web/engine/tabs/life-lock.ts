// A page holds a lock for as long as it lives. The browser frees it when the page is gone, however that happened. There are no locks
// on plain http.

/** Undefined: this browser has none here. */
const locks = (): LockManager | undefined => globalThis.navigator?.locks;

/** Whether the browser tells when a page is gone. */
export function hasLifeLocks(): boolean {
  return locks() !== undefined;
}

/** Holds the lock of a page load. `held` resolves once others can see that; `release` frees it before the page is gone. */
export function holdLife(life: string): { readonly held: Promise<void>; readonly release: () => void } {
  let release = (): void => {};
  const end = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held = new Promise<void>((resolve) => {
    const asked = locks()?.request(nameOf(life), () => {
      resolve();
      return end;
    });
    if (asked === undefined) resolve();
    else asked.catch(() => resolve()); // The page is on its way out, or may hold no locks: others ask it by message.
  });
  return { held, release };
}

/** Calls `gone` once the page load no longer lives, at once if it does not live now. Never without locks. */
export function onceGone(life: string, gone: () => void): void {
  locks()
    ?.request(nameOf(life), gone)
    .catch(() => {}); // This page is on its way out.
}

/** Those of these page loads that live for certain. None without locks. */
export async function livingOf(lives: readonly (string | undefined)[]): Promise<ReadonlySet<string>> {
  const { held = [] } = (lives.length > 0 && (await locks()?.query())) || {};
  const names = new Set(held.map(({ name }) => name));
  return new Set(lives.filter((life) => life !== undefined && names.has(nameOf(life))) as string[]);
}

function nameOf(life: string): string {
  return `tabswarm.life.${life}`;
}
