import { join, sep } from "node:path";
import fastifyHelmet from "@fastify/helmet";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/**
 * What the page may load and connect to. Strict, but it must work on plain http on a LAN, too: it upgrades nothing to https.
 * Trackers may be anywhere, so it allows any WebSocket; WASM does the hashing where WebCrypto is missing.
 */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:", "blob:"],
    connectSrc: ["'self'", "ws:", "wss:", "http:", "https:", "blob:"], // Trackers and web seeds may be anywhere.
    mediaSrc: ["'self'", "blob:"],
    workerSrc: ["'self'", "blob:"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** The same for an answer of a few words that fastify's hooks do not see. */
export const BARE_SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** Adds security headers to the responses of fastify's routes, including errors. */
export async function addSecurityHeaders(http: FastifyInstance): Promise<void> {
  await http.register(fastifyHelmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    // Browsers ignore these on plain http, with a warning. The proxy does https, and so HSTS.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
}

/** Where browsers send what other apps share with the installed page, and what the page then says: it was not kept. */
const SHARE_TARGET = "/share";
const NOT_KEPT = "/#/shared/lost";

/** Serves the built page. The build has put compressed copies beside its files. */
export async function servePage(http: FastifyInstance, folder: string): Promise<void> {
  const assets = join(folder, "assets") + sep;
  // It belongs to the service worker. Whoever's browser has lost that gets a new one with the page, and can share again; we read nothing.
  http.post(SHARE_TARGET, { onRequest: (_, reply) => void reply.redirect(NOT_KEPT, 303) }, () => {});
  await http.register(fastifyStatic, {
    root: folder,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      // Vite names assets by their content; any other file may change.
      const forever = path.startsWith(assets);
      response.setHeader("vary", "accept-encoding");
      response.setHeader("cache-control", forever ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
}
