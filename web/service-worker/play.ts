/** Where players find what they play: see `web/engine/play/served-files.ts`, which answers. */
const PATH = /^\/play\/([0-9a-f-]{36})\//;

/** Nothing but a player on our page gets what a stranger made: opened as a page of its own, it would be one of ours. */
const PLAYERS: readonly string[] = ["video", "audio"];

/** Whatever is in the file runs nowhere. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "sandbox; default-src 'none'",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** Of the page's answer. */
const TYPES = /^(?:video|audio)\/[a-z0-9-]+$/;

/** A page that does not answer was closed, or is another version. */
const ANSWER_MILLIS = 10_000;

declare const self: ServiceWorkerGlobalScope;

/** Answers a player with what its page has, and gets. Undefined: the request is something else. */
export function answerPlayer({ request, clientId }: FetchEvent): Promise<Response> | undefined {
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || !pathname.startsWith("/play/")) return undefined;
  const [, id] = PATH.exec(pathname) ?? [];
  if (id === undefined || request.method !== "GET" || !PLAYERS.includes(request.destination))
    return Promise.resolve(refusal(403));
  return ask(clientId, id, request.headers.get("range") ?? undefined);
}

async function ask(clientId: string, id: string, range: string | undefined): Promise<Response> {
  const page = await self.clients.get(clientId);
  if (page === undefined) return refusal(404);
  const { port1: port, port2 } = new MessageChannel();
  const answered = new Promise<unknown>((resolve) => {
    const timer = setTimeout(resolve, ANSWER_MILLIS);
    port.onmessage = ({ data }) => {
      clearTimeout(timer);
      resolve(data);
    };
  });
  page.postMessage({ type: "play", id, range }, [port2]);
  const { status, headers } = Object((await answered) ?? {});
  const type = new Headers(headers).get("content-type") ?? "";
  if ((status !== 200 && status !== 206) || !TYPES.test(type)) {
    port.close();
    return refusal(status === 416 ? 416 : 404, Object(headers));
  }
  return new Response(chunksFrom(port), { status, headers: { ...headers, ...HEADERS } });
}

/** Asks for the next chunk once the last one was taken. */
function chunksFrom(port: MessagePort): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) =>
        new Promise((resolve) => {
          port.onmessage = ({ data }) => {
            if (data instanceof Uint8Array) controller.enqueue(data);
            else if (data === undefined) controller.close();
            else controller.error(new Error("the page has nothing more to give"));
            if (!(data instanceof Uint8Array)) port.close();
            resolve();
          };
          port.postMessage("more");
        }),
      cancel: () => {
        port.postMessage("end");
        port.close();
      },
    },
    { highWaterMark: 0 },
  );
}

function refusal(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  const range = headers["content-range"];
  const plain = { ...HEADERS, "content-type": "text/plain; charset=utf-8" };
  return new Response("Only the player that this page opened can read this.\n", {
    status,
    headers: { ...plain, ...(range !== undefined && { "content-range": range }) },
  });
}
