import { PAGE_FILES, PAGE_VERSION } from "./build.ts";

// Each version of the page is kept whole under a name of its own: open tabs still load parts of the version that they began with.

const PREFIX = "tabswarm.page.";
const OWN = PREFIX + PAGE_VERSION;

/** Files that a build names by their content: what we have of them is right for ever. */
const ASSETS = "/assets/";

/** A network that accepts connections but answers nothing must not keep the page from opening. */
const PATIENCE_MILLIS = 3_000;

/** Fetches this version whole. Rejects if a file is missing: the tracker serves another version by now. */
export async function keepShell(): Promise<void> {
  const cache = await caches.open(OWN);
  try {
    await Promise.all(PAGE_FILES.map((path) => keep(cache, path)));
  } catch (error) {
    await caches.delete(OWN);
    throw error;
  }
}

async function keep(cache: Cache, path: string): Promise<void> {
  const response = await fetch(path, { cache: path.startsWith(ASSETS) ? "default" : "no-cache" });
  if (!response.ok || response.redirected) throw new Error(`${path} is not there`);
  if (path === "/" && !isOfThisBuild(await response.clone().text())) throw new Error("this is another page");
  await cache.put(path, response);
}

function isOfThisBuild(html: string): boolean {
  return Array.from(html.matchAll(/"(\/assets\/[^"]+)"/g), ([, path]) => path).every(isOurs);
}

function isOurs(path: string | undefined): boolean {
  return PAGE_FILES.includes(path ?? "");
}

/** Whether a page that has loaded these files is of this version. */
export function isThisVersion(loaded: readonly unknown[]): boolean {
  return loaded.every((path) => typeof path === "string" && isOurs(path));
}

/** Deletes the other versions. Call it only when no tab uses them, and none waits to be used. */
export async function forgetOtherVersions(): Promise<void> {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== OWN);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/**
 * Answers a request for a file of the page. Undefined: it is for somebody else, such as the tracker, whose answers must always be
 * its own.
 */
export function answerFromShell(request: Request): Promise<Response> | undefined {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return undefined;
  if (request.mode === "navigate") return pathname === "/" ? openPage(request) : undefined;
  if (pathname.startsWith(ASSETS)) return asset(request, pathname);
  return pathname !== "/" && isOurs(pathname) ? networkFirst(request, pathname) : undefined;
}

/** The page that the tracker has now, or ours if the tracker is down, slow, or behind a proxy that says so. */
async function openPage(request: Request): Promise<Response> {
  const own = (await caches.open(OWN)).match("/");
  const fetched = fetch(request);
  const patience = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MILLIS, undefined));
  const first = await Promise.race([fetched, patience]).catch(() => undefined);
  if (first !== undefined && first.status < 500) return first;
  return (await own) ?? first ?? fetched;
}

/** Any version that we keep may have it. */
async function asset(request: Request, path: string): Promise<Response> {
  return (await caches.match(path, { ignoreVary: true })) ?? fetch(request);
}

async function networkFirst(request: Request, path: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const own = await (await caches.open(OWN)).match(path, { ignoreVary: true });
    if (own === undefined) throw error;
    return own;
  }
}
