import { launchOptions } from "./chromium.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { makeTorrent, seed } from "./our-torrent.ts";
import { openTab } from "./tab.ts";

// Chromium offers a shortcut through SCTP's handshake, which libdatachannel seems to accept but does not know.
test.use({ launchOptions: launchOptions("--enable-blink-features=WebRtcSctpSnap") });

test("a tab that offers SNAP downloads from `tabswarm seed` over WebRTC", async ({
  tracker,
  folder,
  context,
}) => {
  const path = await randomFile(folder, "film.bin", 4 * MIB);
  const torrent = await makeTorrent(path, tracker.url);
  const seeder = await seed(torrent, "--no-tcp");

  const tab = await openTab(context, tracker.url);
  const offered = await tab.page.evaluate(async () => {
    const connection = new RTCPeerConnection();
    connection.createDataChannel("");
    return (await connection.createOffer()).sdp;
  });
  expect(offered).toContain("a=sctp-init:"); // Otherwise this tests nothing.
  await tab.download(torrent.magnet);
  await tab.expectState("film.bin", "seeding");
  expect(await sha256(await tab.save("film.bin"))).toBe(await sha256(path));
  expect(await seeder.stop()).toBe(0);
});
