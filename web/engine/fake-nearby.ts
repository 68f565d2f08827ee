import { signal } from "@preact/signals-core";
import type { RoomCode } from "#shared/announce/nearby.ts";
import type { DeviceKind } from "#shared/base/device.ts";
import type { Nearby, NearbyView, OfferKey, PersonKey, PersonNearby, Sending } from "./client.ts";

const CODE = "TABS2026" as RoomCode;

/** Made-up people nearby, who accept whatever they are sent. */
export function fakeNearby(download: (name: string) => void): Nearby {
  const view = signal<NearbyView>({
    network: { state: "in", code: undefined, link: undefined, opensUntil: undefined },
    room: { state: "out" },
    people: [
      person("Lan’s phone", { program: "Chrome", system: "Android" }),
      person(undefined, { program: "Safari", system: "macOS" }, { state: "asked", name: "Hội An.mp4" }),
      person(
        "Máy của Tuấn",
        { program: "Firefox", system: "Linux" },
        { state: "accepted", name: "Hội An.mp4" },
      ),
    ],
    offers: [
      {
        key: "offer" as OfferKey,
        from: { name: "Lan’s phone", kind: { program: "Chrome", system: "Android" } },
        ...{ name: "Chợ hoa ngày Tết.mp4", bytes: 48_300_000, fileCount: 1 },
      },
    ],
  });
  const change = (part: Partial<NearbyView>): void => {
    view.value = { ...view.value, ...part };
  };
  return {
    view,
    enterRoom(code) {
      const opensUntil = Date.now() + 3_600_000;
      const link = `https://files.example.org/#/nearby/${CODE}`;
      change({ room: { state: "in", code: CODE, link, opensUntil } });
      return code === undefined || code.trim().length >= CODE.length;
    },
    leaveRoom: () => change({ room: { state: "out" } }),
    async send(to, files) {
      const name = files[0]?.path ?? "";
      const people = view.value.people.map((one) =>
        to.includes(one.key) ? { ...one, sending: { state: "accepted", name } as const } : one,
      );
      change({ people });
    },
    answer(offer, isAccepted) {
      change({ offers: view.value.offers.filter(({ key }) => key !== offer) });
      if (isAccepted) download("Chợ hoa ngày Tết.mp4");
    },
  };
}

function person(name: string | undefined, kind: DeviceKind, sending?: Sending): PersonNearby {
  return { key: `network ${name}` as PersonKey, name, kind, isInRoom: false, sending };
}
