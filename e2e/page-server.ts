import { once } from "node:events";
import { mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { build } from "vite";
import { type RunningTracker, startTracker } from "#signal-tracker/main.ts";

const here = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** A tracker on a port of its own whose page can change, and which can go away and come back. */
export class PageServer {
  readonly #folder: string;
  readonly #page: string;
  #tracker: RunningTracker | undefined;
  #standIn: Server | undefined;
  #port = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#page = join(folder, "page");
  }

  /** Serves what `npm run build` has made. */
  static async start(): Promise<PageServer> {
    const server = new PageServer(await mkdtemp(join(tmpdir(), "tabswarm-page-")));
    await symlink(here("dist/web"), server.#page);
    await server.listen();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  async listen(): Promise<void> {
    const log = pino({ level: "silent" });
    const usual = { host: "127.0.0.1", port: this.#port, stun: false, log };
    this.#tracker = await startTracker({ ...usual, pageFolder: this.#page });
    this.#port = this.#tracker.port;
  }

  async goAway(): Promise<void> {
    await this.#tracker?.close();
    this.#tracker = undefined;
    this.#standIn?.closeAllConnections();
    this.#standIn?.close();
    this.#standIn = undefined;
  }

  /** In the tracker's place somebody answers everything with this status, as a proxy does. Undefined: with nothing at all. */
  async standIn(status: number | undefined): Promise<void> {
    await this.goAway();
    this.#standIn = createServer((_, response) => {
      if (status !== undefined) response.writeHead(status).end("Not now.");
    });
    this.#standIn.listen(this.#port, "127.0.0.1");
    await once(this.#standIn, "listening");
  }

  /** Builds the page once more, with another text in one of its files. Returns what serves it from then on. */
  async nextVersion(file: string, from: string, to: string): Promise<() => Promise<void>> {
    const next = join(this.#folder, "next");
    const change = (code: string): string => {
      if (!code.includes(from)) throw new Error(`${file} does not contain ${from}`);
      return code.replace(from, to);
    };
    await build({
      configFile: here("vite.config.ts"),
      plugins: [
        {
          name: "another-version",
          enforce: "pre",
          transform: { filter: { id: new RegExp(`/${file}$`) }, handler: change },
        },
      ],
      build: { outDir: next },
    });
    return async () => {
      const link = join(this.#folder, "link");
      await symlink(next, link);
      await rename(link, this.#page);
    };
  }

  async stop(): Promise<void> {
    await this.goAway();
    await rm(this.#folder, { recursive: true });
  }
}
