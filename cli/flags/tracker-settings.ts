import {
  parseDays,
  parseIceServer,
  parseOrigin,
  parsePort,
  parsePublicUrl,
  parseRedisUrl,
  parseSecret,
  parseToken,
  parseTrustedProxy,
  parseTurnUrl,
} from "./flags.ts";
import { LOG_LEVELS } from "./log.ts";
import { anyText, many, one, oneOf, toggle, type ValuesOf } from "./settings.ts";

/**
 * Every setting of `tabswarm tracker`. The flags, the environment variables, the keys of `--config` and the table in
 * docs/operation.md come from here; `npm run docs` renews that table.
 */
export const TRACKER_SETTINGS = {
  host: one(
    "<address>",
    "address to listen on; 0.0.0.0 is all of this machine's, :: IPv6 as well",
    anyText,
    "0.0.0.0",
  ),
  port: one(
    "<number>",
    "port for the page, WebSockets and announces, and over UDP for announces and STUN; 0 is any free one",
    parsePort,
    8000,
  ),
  publicUrl: one(
    "<url>",
    "address at which people reach the page, without a path; goes into links, and as wss:// into magnet links",
    parsePublicUrl,
    undefined,
  ),
  iceServer: many(
    "<url>",
    "STUN or TURN server for browsers: stun:host:port or turn:name:password@host:port; everybody who opens the page can read the password",
    parseIceServer,
    [],
  ),
  turnUrl: many(
    "<url>",
    "TURN server that shares --turn-secret with the tracker: turn:host:port or turns:host:port",
    parseTurnUrl,
    [],
  ),
  turnSecret: one(
    "<secret>",
    "secret from which the tracker makes passwords for --turn-url; coturn calls it static-auth-secret",
    parseSecret,
    undefined,
    { isSecret: true },
  ),
  trustedProxy: many(
    "<address>",
    "reverse proxy, or a network of them such as 172.18.0.0/16, whose X-Forwarded-For to trust; by default those on this machine",
    parseTrustedProxy,
    undefined,
  ),
  stun: toggle("answer STUN on UDP on the same port number", true),
  allowList: one(
    "<file>",
    "info-hashes, one a line, of the only torrents that are allowed; read again when the file changes",
    anyText,
    undefined,
    { isPath: true },
  ),
  denyList: one(
    "<file>",
    "info-hashes, one a line, of torrents that are not allowed; read again when the file changes",
    anyText,
    undefined,
    { isPath: true },
  ),
  udp: toggle("use UDP, for announces and STUN", true),
  https: toggle(
    "speak https, too, with a certificate for this machine that is made once and kept in --data; see HTTPS on a LAN",
  ),
  httpsPort: one("<number>", "port for https; 0 is any free one", parsePort, 8443),
  cert: one(
    "<file>",
    "certificate for https with its chain, in PEM, instead of one made for this machine; read again when it changes",
    anyText,
    undefined,
    { isPath: true },
  ),
  key: one("<file>", "private key of --cert, in PEM, without a passphrase", anyText, undefined, {
    isPath: true,
  }),
  data: one("<folder>", "folder for what must survive a restart", anyText, undefined, { isPath: true }),
  redis: one(
    "<url>",
    "Redis or Valkey, redis://[[user]:password@]host[:port], that makes trackers on several machines one; see Several nodes",
    parseRedisUrl,
    undefined,
    { isSecret: true },
  ),
  catalog: toggle("let people publish torrents here and search them", true),
  catalogDays: one(
    "<number>",
    "days after which the catalog drops an entry that nobody has seeded",
    parseDays,
    30,
  ),
  nearby: toggle(
    "let people on one network, or with one code, find each other on the page; see Nearby",
    true,
  ),
  accounts: toggle("let people register and log in; announces then need a session or a key, see Accounts"),
  allowOrigin: many(
    "<origin>",
    "site such as https://files.example.org whose pages may use the API as the tracker's own page may; also a further name of the tracker",
    parseOrigin,
    [],
  ),
  config: one(
    "<file>",
    "JSON file with settings; flags and the environment come before it",
    anyText,
    undefined,
    {
      isOutsideFile: true,
    },
  ),
  metricsToken: one(
    "<token>",
    "lets whoever sends it as a Bearer token read /metrics: 16 characters or more",
    parseToken,
    undefined,
    { isSecret: true },
  ),
  logLevel: one("<level>", `lowest level to log: ${LOG_LEVELS.join(", ")}`, oneOf(...LOG_LEVELS), "info"),
  logDir: one("<folder>", "also write the log into this folder, as tracker.log", anyText, undefined, {
    isPath: true,
  }),
  json: toggle("print one JSON object a line"),
};

/** The values of all settings. */
export type TrackerSettings = ValuesOf<typeof TRACKER_SETTINGS>;
