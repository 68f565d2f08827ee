import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { createServer, get as getHttps } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import WebSocket from "ws";
import { ProtocolError } from "#shared/base/errors.ts";
import { temporaryFolders } from "../peer.test-support.ts";
import { connectionProblem, statusProblem } from "./connection-problem.ts";

const newFolder = temporaryFolders();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** The error of a real request. */
async function failure(url: string): Promise<unknown> {
  const request = url.startsWith("https:") ? getHttps(url) : get(url);
  const [error] = await once(request, "error");
  return error;
}

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

async function selfSigned(subject: string) {
  const folder = await newFolder();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const names = ["-subj", `/CN=${subject}`, "-addext", `subjectAltName=DNS:${subject}`];
  const make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  execFileSync("openssl", [...make, "-keyout", key, "-out", cert, ...names], { stdio: "ignore" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

test("a port on which nothing listens", async () => {
  const port = await listen(createTcpServer());
  servers.pop()?.close();
  expect(connectionProblem(await failure(`http://127.0.0.1:${port}/`))).toContain("nothing listens there");
  expect(connectionProblem(await failure(`http://localhost:${port}/`))).toContain("nothing listens there");
});

test("an unknown host name", async () => {
  const error = await failure(`http://${"a".repeat(64)}.invalid/`);
  expect(connectionProblem(error)).toMatch(/no host of this name|cannot be looked up/);
});

test("a tracker that hangs up", async () => {
  const port = await listen(createTcpServer((socket) => socket.destroy()));
  expect(connectionProblem(await failure(`http://127.0.0.1:${port}/`))).toContain("hung up");
});

test("a tracker that does not speak HTTP, or not TLS", async () => {
  const port = await listen(createTcpServer((socket) => void socket.end("SSH-2.0-OpenSSH\r\n")));
  expect(connectionProblem(await failure(`http://127.0.0.1:${port}/`))).toContain("does not speak HTTP");
  expect(connectionProblem(await failure(`https://127.0.0.1:${port}/`))).toContain("does not speak TLS");
});

test.skipIf(!hasOpenssl)("a self-signed certificate", async () => {
  const port = await listen(createServer(await selfSigned("localhost"), (_, response) => response.end()));
  const error = await failure(`https://localhost:${port}/`);
  expect(connectionProblem(error)).toContain("self-signed; if you trust it, name its file");
  const socket = new WebSocket(`wss://localhost:${port}/`);
  const [event] = await once(socket, "error");
  expect(connectionProblem(event)).toContain("self-signed");
});

test.each([
  ["CERT_HAS_EXPIRED", "has expired; its operator must renew it"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "for another name"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "signed by an unknown authority"],
  ["ENETUNREACH", "network connection"],
  ["ETIMEDOUT", "does not answer"],
  ["ERR_INVALID_URL", "redirects to an invalid address"],
  ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", "longer than a tracker's"],
  ["EWHATEVER", "the connection failed (EWHATEVER)"],
])("%s is reported as: %s", (code, words) => {
  expect(connectionProblem(Object.assign(new Error("connect"), { code }))).toContain(words);
});

test("our own refusal keeps its message", () => {
  expect(connectionProblem(new ProtocolError("privateAddress", "it is private"))).toBe("it is private");
  expect(connectionProblem("odd")).toBe("the connection failed");
});

test("an HTTP status is reported by number and name", () => {
  expect(statusProblem(404)).toBe("it answers with HTTP status 404 (Not Found); check the address");
  expect(statusProblem(503)).toBe("it answers with HTTP status 503 (Service Unavailable)");
  expect(statusProblem(799)).toBe("it answers with HTTP status 799");
});
