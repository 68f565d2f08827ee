/** Where the service worker is. */
const SCRIPT = "/sw.js";

/** A page that stays open looks for a new version when somebody comes back to it, but not more often than this. */
const LOOK_MILLIS = 3_600_000;

/** A worker of another version may not know our words: without an answer it counts as another. */
const ANSWER_MILLIS = 2_000;

/**
 * Installs the service worker, which keeps the page for times without the tracker. Calls `found` when it has a newer page than this
 * one, with a function that opens it.
 */
export async function keepPage(
  workers: ServiceWorkerContainer,
  found: (update: () => void) => void,
): Promise<void> {
  const registration = await workers.register(SCRIPT, { updateViaCache: "none" });
  const look = async (): Promise<void> => {
    const { waiting } = registration;
    if (waiting !== null && !(await isItsPage(waiting))) found(() => switchTo(workers, waiting));
  };
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed") void look();
    });
  });
  workers.addEventListener("controllerchange", async () => {
    const { controller } = workers; // Another tab has switched to it. This one goes on as it is.
    if (controller !== null && !(await isItsPage(controller))) found(() => location.reload());
  });
  lookAgain(registration);
  if (registration.active !== null) void isItsPage(registration.active); // It tidies up when a page opens.
  await look();
}

/** Lets the waiting worker begin, then loads its page. */
function switchTo(workers: ServiceWorkerContainer, waiting: ServiceWorker): void {
  workers.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage({ type: "update" });
}

/** Tells a worker which files this page has loaded. Resolves with whether they are of its version. */
function isItsPage(worker: ServiceWorker): Promise<boolean> {
  const loaded = [
    ...Array.from(document.querySelectorAll<HTMLScriptElement>("script[src]"), ({ src }) => src),
    ...Array.from(document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]"), ({ href }) => href),
  ];
  const files = loaded.map((url) => new URL(url).pathname);
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const answer = (isIts: boolean): void => {
      clearTimeout(timer);
      port1.close();
      resolve(isIts);
    };
    const timer = setTimeout(answer, ANSWER_MILLIS, false);
    port1.onmessage = ({ data }) => answer(data === true);
    worker.postMessage({ type: "opened", files }, [port2]);
  });
}

function lookAgain(registration: ServiceWorkerRegistration): void {
  let last = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - last < LOOK_MILLIS) return;
    last = Date.now();
    registration.update().catch(() => {}); // The tracker is down. It is asked again.
  });
}
