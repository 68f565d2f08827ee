import { fileURLToPath } from "node:url";
import { createServer } from "vite";

/** The page with its made-up client. */
export interface FakePage {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the page with its made-up client on a free port, as `npm run dev:fake` does. */
export async function serveFakePage(): Promise<FakePage> {
  const server = await createServer({
    configFile: fileURLToPath(new URL("../vite.config.ts", import.meta.url)),
    mode: "fake",
    server: { host: "127.0.0.1", port: 0 },
    logLevel: "error",
  });
  await server.listen();
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error("The development server has no address.");
  return { url, stop: () => server.close() };
}
