import { expect, test } from "vitest";
import { createFakeClient } from "./fake.ts";

test("the same scene and steps give the same list, so that screenshots can be compared", () => {
  const run = () => {
    const client = createFakeClient("many");
    for (let step = 0; step < 20; step++) client.advance(0.25);
    return client.entries.value;
  };
  expect(run()).toEqual(run());
  expect(run()).not.toEqual(createFakeClient("many").entries.value);
});

test("shared files are hashed and then shared", () => {
  const client = createFakeClient("empty");
  void client.share([{ path: "a.bin", file: new File(["x"], "a.bin") }]);
  expect(client.entries.value[0]).toMatchObject({ state: "hashing", name: "a.bin", bytesTotal: 1 });
  client.advance(1);
  expect(client.entries.value[0]).toMatchObject({ state: "seeding", canSave: false });
});

test("a link becomes a download that completes", () => {
  const client = createFakeClient("empty");
  client.addLink(`magnet:?xt=urn:btih:${"a".repeat(40)}&dn=A%20film`);
  expect(client.entries.value[0]).toMatchObject({ state: "metadata", torrent: { name: "A film" } });
  for (let step = 0; step < 100; step++) client.advance(1);
  expect(client.entries.value[0]).toMatchObject({ state: "seeding", canSave: true });
});

test("a paused torrent makes no progress", () => {
  const client = createFakeClient("few");
  const [film] = client.entries.value;
  if (film === undefined || film.state === "hashing") throw new Error("the first made-up entry is a torrent");
  client.pause(film.key);
  client.advance(5);
  expect(client.entries.value[0]).toMatchObject({
    state: "paused",
    torrent: { bytesDone: film.torrent.bytesDone, downBytesPerSecond: 0 },
  });
});
