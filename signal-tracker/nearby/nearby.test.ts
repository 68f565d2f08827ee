import { expect, test } from "vitest";
import type { NearbyMessage, NearbyRequest, PersonId, RoomCode } from "#shared/announce/nearby.ts";
import { millis } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import type { NodeId } from "../core/shared-swarms.ts";
import { testInfoHash } from "../core/tracker.test-support.ts";
import { NEARBY_LIMITS, type NearbyLimits } from "../limits/nearby.ts";
import type { Guest } from "./guest.ts";
import { Nearby } from "./nearby.ts";
import { encodeNews, parseNews } from "./news.ts";
import { networkRoom } from "./room.ts";

const HOME = networkRoom("\xc0\x00\x02\x01");
const CAFE = networkRoom("\xc0\x00\x02\x02");
const SHARE = { infoHash: testInfoHash(1), name: "photo.jpg", bytes: 1_000, fileCount: 1 };

/** Nodes of one tracker on one clock. News between them arrives at once, as text. */
class World {
  now = 0;
  readonly nodes: Nearby[] = [];
  readonly #limits: NearbyLimits;
  isCut = false;

  constructor(nodeCount = 1, limits: Partial<NearbyLimits> = {}) {
    this.#limits = { ...NEARBY_LIMITS, ...limits };
    const ids = Array.from({ length: nodeCount }, (_, at) => `node${at}` as NodeId);
    for (const [at, id] of ids.entries()) {
      const tell = (to: NodeId, text: string): void => {
        const news = parseNews(text);
        expect(news, text).toBeDefined();
        if (news !== undefined && !this.isCut) this.nodes[ids.indexOf(to)]?.heard(id, news);
      };
      this.nodes.push(
        new Nearby({
          now: () => millis(this.now),
          random: seededRandom(at + 1),
          limits: this.#limits,
          nodes:
            nodeCount === 1
              ? undefined
              : {
                  tell: (to, news) => tell(to, encodeNews(news)),
                  tellAll: (news) => {
                    for (const other of ids) if (other !== id) tell(other, encodeNews(news));
                  },
                },
        }),
      );
    }
  }

  person(network = "home", room: typeof HOME | "none" = HOME, node = 0): Person {
    return new Person(this.nodes[node] as Nearby, network, room === "none" ? undefined : room);
  }

  pass(time: number): void {
    for (let left = time; left > 0; left -= this.#limits.tellMillis) {
      this.now += this.#limits.tellMillis;
      for (const node of this.nodes) for (const _ of node.tick());
    }
  }
}

class Person {
  readonly heard: NearbyMessage[] = [];
  readonly #node: Nearby;
  readonly #room: typeof HOME | undefined;
  readonly #guest: Guest;

  constructor(node: Nearby, network: string, room: typeof HOME | undefined) {
    this.#node = node;
    this.#room = room;
    const refuse = (why: (NearbyMessage & { type: "refused" })["why"]): void => {
      this.heard.push({ type: "refused", why });
      this.leave();
    };
    this.#guest = node.enter({ network, tell: (message) => void this.heard.push(message), refuse });
  }

  get id(): PersonId {
    return this.#guest.id;
  }

  get code(): RoomCode {
    const joined = this.heard.find(({ type }) => type === "joined");
    return (joined?.type === "joined" && joined.code) as RoomCode;
  }

  /** The names of the others, as last told. */
  get others(): readonly (string | undefined)[] | undefined {
    const told = this.heard.findLast((message) => message.type === "people");
    return told?.type === "people" ? told.people.map(({ name }) => name) : undefined;
  }

  join(name: string, room: "network" | "new" | RoomCode = "network"): this {
    this.say({ type: "join", room, name, kind: undefined });
    return this;
  }

  say(request: NearbyRequest): void {
    this.#node.take(this.#guest, request, this.#room);
  }

  offer(to: Person, infoHash = SHARE.infoHash): void {
    this.say({ type: "offer", to: to.id, share: { ...SHARE, infoHash } });
  }

  last(): NearbyMessage | undefined {
    return this.heard.at(-1);
  }

  leave(): void {
    this.#node.leave(this.#guest);
  }
}

test("people on one network see each other, and nobody else; who leaves is gone", () => {
  const world = new World();
  const linh = world.person().join("Linh");
  const tuan = world.person().join("Tuấn");
  const stranger = world.person("cafe", CAFE).join("Stranger");
  const silent = world.person();
  world.pass(500);
  expect([linh.others, tuan.others, stranger.others]).toEqual([["Tuấn"], ["Linh"], []]);
  expect(silent.heard).toEqual([]); // Whoever does not join sees nobody, and nobody sees them.
  tuan.say({ type: "rename", name: "Tuấn’s phone" });
  world.pass(500);
  expect(linh.others).toEqual(["Tuấn’s phone"]);
  tuan.leave();
  world.pass(500);
  expect(linh.others).toEqual([]);
  const count = linh.heard.length;
  world.pass(60_000);
  expect(linh.heard).toHaveLength(count); // Nothing is told while nothing changes.
});

test("an offer reaches one person, and the answer the one who made it", () => {
  const world = new World();
  const [linh, tuan, mai] = ["Linh", "Tuấn", "Mai"].map((name) => world.person().join(name)) as [
    Person,
    Person,
    Person,
  ];
  linh.offer(tuan);
  expect(tuan.last()).toEqual({ type: "offer", from: linh.id, share: SHARE });
  expect(mai.heard.map(({ type }) => type)).toEqual(["joined"]);
  mai.say({ type: "answer", to: linh.id, infoHash: SHARE.infoHash, isAccepted: true }); // Nobody has asked her.
  expect(linh.last()?.type).toBe("joined");
  tuan.say({ type: "answer", to: linh.id, infoHash: SHARE.infoHash, isAccepted: true });
  expect(linh.last()).toEqual({
    type: "answer",
    from: tuan.id,
    infoHash: SHARE.infoHash,
    isAccepted: true,
  });
  tuan.leave();
  linh.offer(tuan);
  expect(linh.last()).toMatchObject({ type: "undelivered", to: tuan.id, why: "gone" });
});

test("nobody offers across rooms", () => {
  const world = new World();
  const linh = world.person().join("Linh");
  const stranger = world.person("cafe", CAFE).join("Stranger");
  stranger.offer(linh);
  expect(linh.heard).toHaveLength(1);
  expect(stranger.last()).toMatchObject({ type: "undelivered", why: "gone" });
});

test("nobody is flooded with offers: few from one person, not many from all, and few in a minute", () => {
  const world = new World(1, { maxWaitingOffers: 3, maxWaitingOffersOfOne: 2, maxOffersPerMinute: 5 });
  const linh = world.person().join("Linh");
  const [first, second] = [world.person().join("1"), world.person().join("2")];
  const whys = (person: Person): unknown[] =>
    person.heard.flatMap((message) => (message.type === "undelivered" ? message.why : []));
  for (let at = 1; at <= 3; at++) first.offer(linh, testInfoHash(at));
  expect(whys(first)).toEqual(["busy"]);
  first.offer(linh, testInfoHash(1)); // The same once more is no further question.
  expect(whys(first)).toEqual(["busy"]);
  for (let at = 4; at <= 5; at++) second.offer(linh, testInfoHash(at));
  expect(whys(second)).toEqual(["busy"]);
  linh.say({ type: "answer", to: first.id, infoHash: testInfoHash(1), isAccepted: true });
  second.offer(linh, testInfoHash(5));
  expect(whys(second)).toEqual(["busy"]);
  for (let at = 6; at <= 8; at++) second.offer(linh, testInfoHash(at));
  expect(whys(second)).toEqual(["busy", "busy", "busy", "tooOften"]);
  world.pass(NEARBY_LIMITS.offerMillis); // Whoever has not answered by now is not looking.
  second.offer(linh, testInfoHash(9));
  expect(linh.last()).toMatchObject({ type: "offer", from: second.id });
});

test("a no holds for a minute: it brings neither the same question once more nor the next ones", () => {
  const world = new World(1, { maxWaitingOffers: 2, maxWaitingOffersOfOne: 1 });
  const linh = world.person().join("Linh");
  const asked = (): number => linh.heard.filter(({ type }) => type === "offer").length;
  const people = [1, 2, 3].map((at) => world.person().join(String(at)));
  const ask = (): void => people.forEach((person, at) => void person.offer(linh, testInfoHash(at + 1)));
  const decline = (at: number): void => {
    const [to, infoHash] = [(people[at] as Person).id, testInfoHash(at + 1)];
    linh.say({ type: "answer", to, infoHash, isAccepted: false });
  };
  ask();
  decline(0);
  decline(1);
  decline(1); // Once is enough: its time does not begin anew.
  people[0]?.offer(linh, testInfoHash(9));
  ask();
  expect(asked()).toBe(2);
  expect(people[0]?.last()).toMatchObject({ type: "undelivered", why: "busy" });
  world.pass(NEARBY_LIMITS.declinedMillis);
  ask();
  expect(asked()).toBe(4);
});

test("a code opens its room from any network, and only for a while", () => {
  const world = new World();
  const linh = world.person().join("Linh", "new");
  expect(linh.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
  expect(linh.last()).toMatchObject({ secondsLeft: 3_600 });
  const mai = world.person("cafe", "none").join("Mai", linh.code);
  world.pass(500);
  expect([linh.others, mai.others]).toEqual([["Mai"], ["Linh"]]);
  world.pass(NEARBY_LIMITS.codeMillis);
  const late = world.person().join("Late", linh.code);
  expect(late.last()).toEqual({ type: "refused", why: "wrongCode" });
  mai.offer(linh); // Whoever is in stays.
  expect(linh.last()).toMatchObject({ type: "offer" });
});

test("an empty room waits a little for those who come back", () => {
  const world = new World();
  const linh = world.person().join("Linh", "new");
  linh.leave();
  world.pass(NEARBY_LIMITS.emptyMillis - 1_000);
  expect(world.person().join("Linh", linh.code).last()).toMatchObject({ type: "joined" });
  const other = new World();
  const gone = other.person().join("Linh", "new");
  gone.leave();
  other.pass(NEARBY_LIMITS.emptyMillis);
  expect(other.person().join("Linh", gone.code).last()).toEqual({ type: "refused", why: "wrongCode" });
});

test("wrong codes, rooms and people are limited; a network that the tracker cannot tell has no room", () => {
  const world = new World(1, { maxPeople: 2, maxRoomsPerNetwork: 2, maxWrongCodesPerMinute: 2, maxRooms: 4 });
  const why = (person: Person): unknown => (person.last() as { why?: unknown }).why;
  const guess = (network: string, code: string): unknown =>
    why(world.person(network).join("x", code as RoomCode));
  const codes = ["ABCD1234", "ABCD1234", "ABCD1235", "ABCD1236", "ABCD1234"]; // The same one counts once.
  expect(codes.map((code) => guess("home", code))).toEqual([
    ...["wrongCode", "wrongCode", "wrongCode"],
    ...["tooOften", "wrongCode"],
  ]);
  expect(guess("cafe", "ABCD1236")).toBe("wrongCode");
  world.pass(60_000);
  expect(guess("home", "ABCD1236")).toBe("wrongCode");
  expect([1, 2, 3].map(() => why(world.person().join("x")))).toEqual([undefined, undefined, "full"]);
  const opened = [1, 2, 3].map(() => world.person("cafe", CAFE).join("x", "new"));
  expect(opened.map(why)).toEqual([undefined, undefined, "tooMany"]);
  expect(why(world.person("park").join("x", "new"))).toBe(undefined);
  expect(why(world.person("park").join("x", "new"))).toBe("tooMany"); // Of all networks.
  for (const person of opened) person.leave();
  world.pass(NEARBY_LIMITS.emptyMillis);
  expect(why(world.person("cafe", CAFE).join("x", "new"))).toBe(undefined);
  expect(why(world.person("proxy", "none").join("x"))).toBe("noNetwork");
});

test("people at different nodes see each other, offer and answer", () => {
  const world = new World(3);
  const linh = world.person("home", HOME, 0).join("Linh");
  const tuan = world.person("home", HOME, 1).join("Tuấn");
  const mai = world.person("home", HOME, 2).join("Mai");
  world.pass(1_500);
  expect([linh, tuan, mai].map(({ others }) => others?.toSorted())).toEqual([
    ["Mai", "Tuấn"],
    ["Linh", "Mai"],
    ["Linh", "Tuấn"],
  ]);
  linh.offer(mai);
  expect(mai.last()).toEqual({ type: "offer", from: linh.id, share: SHARE });
  mai.say({ type: "answer", to: linh.id, infoHash: SHARE.infoHash, isAccepted: false });
  expect(linh.last()).toMatchObject({ type: "answer", from: mai.id, isAccepted: false });
  mai.leave();
  linh.offer(mai); // Node 0 has not heard yet.
  expect(linh.last()).toMatchObject({ type: "undelivered", to: mai.id, why: "gone" });
  world.pass(1_000);
  expect(linh.others).toEqual(["Tuấn"]);
});

test("a code opens its room at other nodes, too, and a wrong one is told apart", () => {
  const world = new World(2);
  const linh = world.person("home", HOME, 0).join("Linh", "new");
  world.pass(NEARBY_LIMITS.codeMillis / 2);
  const mai = world.person("cafe", CAFE, 1).join("Mai", linh.code);
  expect(mai.last()).toMatchObject({ type: "joined", code: linh.code, secondsLeft: 1_800 });
  world.pass(1_000);
  expect([linh.others, mai.others]).toEqual([["Mai"], ["Linh"]]);
  const wrong = world.person("cafe", CAFE, 1).join("Wrong", "ABCD1234" as RoomCode);
  expect(wrong.heard).toEqual([]);
  world.pass(NEARBY_LIMITS.seekMillis);
  expect(wrong.heard).toEqual([{ type: "refused", why: "wrongCode" }]);
});

test("whoever has tried too many wrong codes cannot go on guessing: a right one does not let them in either", () => {
  const world = new World(1, { maxWrongCodesPerMinute: 2 });
  const linh = world.person().join("Linh", "new");
  for (const code of ["ABCD1234", "ABCD1235"]) world.person("cafe", CAFE).join("x", code as RoomCode);
  expect(world.person("cafe", CAFE).join("x", linh.code).last()).toEqual({
    type: "refused",
    why: "tooOften",
  });
  expect(world.person("home").join("Mai", linh.code).last()).toMatchObject({ type: "joined" });
});

test("codes that are looked for at other nodes count as wrong until they are found", () => {
  const world = new World(2, { maxWrongCodesPerMinute: 2 });
  const linh = world.person("home", HOME, 0).join("Linh", "new");
  const guess = (code: string): Person => world.person("cafe", CAFE, 1).join("x", code as RoomCode);
  const first = [guess("ABCD1234"), guess("ABCD1234"), guess("ABCD1235")];
  for (const one of first) one.leave(); // It does not help.
  expect(guess(linh.code).last()).toEqual({ type: "refused", why: "tooOften" });
  world.pass(NEARBY_LIMITS.seekMillis);
  expect(guess(linh.code).last()).toEqual({ type: "refused", why: "tooOften" });
  const found = Array.from({ length: 4 }, () => world.person("park", CAFE, 1).join("Mai", linh.code));
  expect(found.map((one) => one.last()?.type)).toEqual(Array(4).fill("joined"));
});

test("a node that tells nothing more is forgotten, and news that was lost is told again", () => {
  const world = new World(2);
  const linh = world.person("home", HOME, 0).join("Linh");
  world.person("home", HOME, 1).join("Tuấn");
  world.pass(1_000);
  world.isCut = true;
  world.pass(NEARBY_LIMITS.believeMillis + 1_000);
  expect(linh.others).toEqual([]);
  world.isCut = false;
  for (const node of world.nodes) node.missedNews();
  world.pass(1_000);
  expect(linh.others).toEqual(["Tuấn"]);
  world.pass(10 * NEARBY_LIMITS.believeMillis);
  expect(linh.others).toEqual(["Tuấn"]);
});
