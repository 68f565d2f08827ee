import { hostname } from "node:os";
import { expect, test } from "vitest";
import { type HostNames, KnownHosts } from "./known-hosts.ts";

const hosts = (names: Partial<HostNames> = {}): KnownHosts =>
  new KnownHosts({
    boundHost: "0.0.0.0",
    publicUrl: undefined,
    allowedOrigins: [],
    otherNodes: () => [],
    certificate: () => undefined,
    ...names,
  });

test.each([
  undefined,
  "192.168.1.5:8000",
  "203.0.113.7",
  "[2001:db8::1]:8000",
  "localhost:8000",
  "LOCALHOST.",
  "tab.localhost",
  "office-pc",
  "office-pc.local:8000",
  "tracker.home.arpa",
  "tracker.lan",
  hostname(),
])("%s is known without any setting", (host) => {
  expect(hosts().isKnown(host)).toBe(true);
});

test.each([
  "evil.example",
  "evil.example:8000",
  "192.168.1.5.evil.example",
  "local.evil.example",
  "evillocal.example",
  "",
  "evil.example@192.168.1.5",
  "a b",
  "192.168.1.5:99999",
])("%j is not", (host) => {
  expect(hosts({ publicUrl: new URL("https://share.example.org") }).isKnown(host)).toBe(false);
});

test("names that the operator has set are known, at any port", () => {
  const set = hosts({
    boundHost: "Tracker.example.org",
    publicUrl: new URL("https://share.example.org:8443"),
    allowedOrigins: ["https://files.example.org"],
    otherNodes: () => ["https://b.example.org/"],
  });
  for (const host of ["tracker", "share", "files", "b"]) {
    expect(set.isKnown(`${host}.example.org:8000`), host).toBe(true);
    expect(set.isKnown(`${host}.example.org.evil.example`), host).toBe(false);
  }
});

/** For `*.example.net` and `tracker.example.com`. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBoDCCAUagAwIBAgIUKOTPcIbZxFEn+AIrryMSqhLUQhswCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBdDAgFw0yNjExMjgxNzU5MTdaGA8yMTI2MTEwNDE3NTkxN1ow
DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMJy/MdT4Czg
/qoLI6RC7OZQ6yPCLfPmMfHCPs7dA3g20CcVAAlzxSTqx4BCKIFBQEAToNnJ/uCX
fU4oMka0W42jgYMwgYAwHQYDVR0OBBYEFD1uXNLQETDXSacAtPX0zpn8GVB9MB8G
A1UdIwQYMBaAFD1uXNLQETDXSacAtPX0zpn8GVB9MA8GA1UdEwEB/wQFMAMBAf8w
LQYDVR0RBCYwJIINKi5leGFtcGxlLm5ldIITdHJhY2tlci5leGFtcGxlLmNvbTAK
BggqhkjOPQQDAgNIADBFAiEA8MGPrCpHNaAlJy5izWNBPsu+3qVlq5y+dIOQYZkC
luoCIFlwOEq3YKEzbAZ/YzQok5+ztMn3bRUax809TqtQpcy7
-----END CERTIFICATE-----`;

test("so are the names of the certificate", () => {
  const certified = hosts({ certificate: () => CERTIFICATE });
  expect(["a.example.net", "tracker.example.com:8443"].map((host) => certified.isKnown(host))).toEqual([
    true,
    true,
  ]);
  expect(["a.b.example.net", "example.com"].map((host) => certified.isKnown(host))).toEqual([false, false]);
});
