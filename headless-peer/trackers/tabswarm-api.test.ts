import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { ApiProblem, askTabswarmApi } from "./tabswarm-api.ts";

/** The address of a server that answers like that, until the test has ended. */
async function serve(answer: RequestListener): Promise<TrackerUrl> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/` as TrackerUrl;
}

const GET = { method: "GET", path: "/api/torrents?q=a" } as const;
const problemOf = (asking: Promise<unknown>): Promise<ApiProblem> =>
  asking.then(
    () => {
      throw new Error("no problem");
    },
    (error) => error,
  );

test("a request goes below /api with its body and key, and the answer is its JSON", async () => {
  const tracker = await serve(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    const [type, authorization] = [headers["content-type"], headers.authorization];
    response.end(JSON.stringify({ method, url, body, type, authorization }));
  });
  const posted = await askTabswarmApi(tracker, {
    method: "POST",
    path: "/api/torrents",
    body: { a: 1 },
    proof: { type: "key", key: "k" },
  });
  expect(posted.body).toEqual({
    method: "POST",
    url: "/api/torrents",
    body: '{"a":1}',
    type: "application/json",
    authorization: "Bearer k",
  });
  expect((await askTabswarmApi(tracker, GET)).body).toEqual({
    method: "GET",
    url: "/api/torrents?q=a",
    body: "",
  });
});

test("an answer without content is no problem", async () => {
  const tracker = await serve((_, response) => response.writeHead(204).end());
  const { body } = await askTabswarmApi(tracker, { method: "DELETE", path: "/api/torrents/x" });
  expect(body).toBeUndefined();
});

test("a refusal has the tracker's code and sentence, safe to show, and when to try again", async () => {
  const tracker = await serve((_, response) => {
    response.writeHead(429, { "retry-after": "7" });
    response.end(JSON.stringify({ error: { code: "tooOften", message: "Wait\u001b[31m." } }));
  });
  const problem = await problemOf(askTabswarmApi(tracker, GET));
  expect(problem).toBeInstanceOf(ApiProblem);
  expect([problem.status, problem.code, problem.retryAfterSeconds]).toEqual([429, "tooOften", 7]);
  expect(problem.message).toBe(`${tracker}: Wait [31m.`);
});

test.each<[string, RequestListener, string, string]>([
  ["a web page", (_, response) => response.end("<html>"), "notApi", "is not a Tabswarm tracker"],
  [
    "a page that is missing",
    (_, response) => response.writeHead(404).end("no"),
    "notApi",
    "does not offer this",
  ],
  [
    "an older tracker or one without a catalog",
    (_, response) =>
      response.writeHead(404).end(JSON.stringify({ error: { code: "noSuchRoute", message: "Nothing." } })),
    "noSuchRoute",
    "does not offer this",
  ],
  [
    "a redirect",
    (_, response) => response.writeHead(307, { location: "https://other.example/api" }).end(),
    "moved",
    "redirects to https://other.example. If you trust",
  ],
  [
    "a redirect to itself",
    (_, response) => response.writeHead(302, { location: "/x" }).end(),
    "moved",
    "not a Tabswarm",
  ],
  [
    "a flood",
    (_, response) => {
      response.on("error", () => {});
      response.end("x".repeat(9 * 1024 * 1024));
    },
    "answerTooLong",
    "more than we read",
  ],
  ["a hang-up", (request) => request.socket.destroy(), "trackerUnreachable", "cannot be reached"],
])("%s is a problem in words", async (_, answer, code, words) => {
  const problem = await problemOf(askTabswarmApi(await serve(answer), GET));
  expect(problem).toBeInstanceOf(ApiProblem);
  expect(problem.code).toBe(code);
  expect(problem.message).toContain(words);
});

test("a tracker that does not run is a problem in words", async () => {
  const problem = await problemOf(askTabswarmApi("http://127.0.0.1:9/" as TrackerUrl, GET));
  expect([problem.code, problem.message]).toEqual([
    "trackerUnreachable",
    expect.stringMatching(/cannot be reached: (nothing listens|the connection failed)/),
  ]);
});
