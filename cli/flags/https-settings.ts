import { UsageError } from "#shared/base/errors.ts";
import type { HttpsWish } from "#signal-tracker/main.ts";
import type { TrackerSettings } from "./tracker-settings.ts";

type HttpsSettings = Pick<TrackerSettings, "https" | "httpsPort" | "cert" | "key" | "data" | "port">;

/** Checks the settings for https against each other. Undefined: http only. Throws a `UsageError`. */
export function httpsOf({ https, httpsPort, cert, key, data, port }: HttpsSettings): HttpsWish | undefined {
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError("settings", "--cert and --key need each other: a certificate and its private key.");
  if (!https && cert === undefined) return undefined;
  if (httpsPort === port && port !== 0)
    throw new UsageError("settings", "--https-port and --port must be two ports: http goes on beside https.");
  if (cert !== undefined && key !== undefined)
    return { port: httpsPort, certificate: { certFile: cert, keyFile: key } };
  if (data === undefined) {
    throw new UsageError(
      "settings",
      "--https needs --data, a folder that keeps the certificate: people would have to trust a new one after each start. Or pass your own with --cert and --key.",
    );
  }
  return { port: httpsPort, certificate: { folder: data } };
}
