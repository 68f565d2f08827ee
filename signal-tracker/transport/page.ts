import { join, sep } from "node:path";
import fastifyHelmet from "@fastify/helmet";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/**
 * What the page may load and talk to. Strict, but made for plain http on a LAN, too: nothing is upgraded to https, which
 * is not there. Trackers may be anywhere, so any WebSocket is allowed; WASM is the hashing where WebCrypto is missing.
 */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:", "blob:"],
    connectSrc: ["'self'", "ws:", "wss:", "blob:"],
    workerSrc: ["'self'", "blob:"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** Security headers on every response, also on errors. */
export async function addSecurityHeaders(http: FastifyInstance): Promise<void> {
  await http.register(fastifyHelmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    // Browsers ignore these on plain http, with a warning. Https is the proxy's, and so is its HSTS.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
}

/** Serves the built page. The build has laid compressed copies beside its files. */
export async function servePage(http: FastifyInstance, folder: string): Promise<void> {
  const assets = join(folder, "assets") + sep;
  await http.register(fastifyStatic, {
    root: folder,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      // Vite names assets by their content; everything else may be another file tomorrow.
      const forever = path.startsWith(assets);
      response.setHeader("vary", "accept-encoding");
      response.setHeader("cache-control", forever ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
}
