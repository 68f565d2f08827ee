import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import { findChromium, THROTTLED_CHROMIUM_FLAGS } from "./chromium.ts";

/**
 * A Chromium as a person starts it, driven over its own protocol: Playwright would make every tab believe that it is
 * visible and focused.
 */
export class BareChromium {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Record<string, unknown>) => void>();
  #lastId = 0;

  private constructor(process: ChildProcess, socket: WebSocket) {
    this.#process = process;
    this.#socket = socket;
    socket.on("message", (data) => {
      const answer: Record<string, unknown> = JSON.parse(String(data));
      const id = Number(answer["id"]);
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
  }

  static async start(profile: string, ...others: readonly string[]): Promise<BareChromium> {
    const flags = [...others, "--headless=new", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
    const child = spawn(
      findChromium() ?? "chromium",
      [...THROTTLED_CHROMIUM_FLAGS, ...flags, "about:blank"],
      {
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    const socket = new WebSocket(await devtoolsUrl(child));
    await once(socket, "open");
    return new BareChromium(child, socket);
  }

  /** Opens a tab in front of all others, which are then hidden. `script` runs in each of its pages before theirs. */
  async openTab(url: string, script?: () => void): Promise<BareTab> {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    await this.send("Target.activateTarget", { targetId });
    if (script !== undefined) {
      await this.send("Page.enable", {}, String(sessionId));
      const source = `(${script})()`;
      await this.send("Page.addScriptToEvaluateOnNewDocument", { source }, String(sessionId));
    }
    await this.send("Page.navigate", { url }, String(sessionId));
    return new BareTab(this, String(sessionId));
  }

  async close(): Promise<void> {
    const exit = once(this.#process, "exit");
    await this.send("Browser.close");
    await exit;
  }

  async send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const answered = new Promise<Record<string, unknown>>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    const { error, result } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return { ...(result as object) };
  }
}

export class BareTab {
  readonly #browser: BareChromium;
  readonly #sessionId: string;

  constructor(browser: BareChromium, sessionId: string) {
    this.#browser = browser;
    this.#sessionId = sessionId;
  }

  /** The value of an expression, or of the promise that it evaluates to. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return Object(result).value;
  }

  /** Waits until an element exists, without a timer in the page. */
  async waitFor(selector: string): Promise<void> {
    await this.evaluate(`new Promise((resolve) => {
      const look = () => document.querySelector(${JSON.stringify(selector)}) && resolve();
      new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
      look();
    })`);
  }

  /** Shows it in front of all others, which are then hidden. */
  async bringToFront(): Promise<void> {
    await this.#send("Page.bringToFront", {});
  }

  async chooseFile(selector: string, path: string): Promise<void> {
    const expression = `document.querySelector(${JSON.stringify(selector)})`;
    const { result } = await this.#send("Runtime.evaluate", { expression });
    await this.#send("DOM.setFileInputFiles", { files: [path], objectId: Object(result).objectId });
  }

  #send(method: string, params: object): Promise<Record<string, unknown>> {
    return this.#browser.send(method, params, this.#sessionId);
  }
}

async function devtoolsUrl(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error("Chromium has no output");
  for await (const line of createInterface({ input: child.stderr })) {
    const [url] = /ws:\S+/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("Chromium ended before it listened");
}
