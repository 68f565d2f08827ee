import { type InfoHash, millis } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import type { Clock } from "#shared/driver/ports.ts";
import { fakeInfoHash } from "./fake-scenes.ts";
import type { ApiRequest, ApiResponse, SendRequest } from "./tracker/ask.ts";

/** Who uses the made-up page: at a tracker without accounts, or at one with them. */
export type FakePerson = "nobody" | "guest" | "member" | "admin";

const NAMES: Record<FakePerson, string | undefined> = {
  nobody: undefined,
  guest: undefined,
  member: "linh",
  admin: "Ada",
};

/** The password of everybody at the made-up tracker. */
const FAKE_PASSWORD = "correct horse";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MEGA = 1_000_000;
const GIGA = 1_000_000_000;
const MANY_ENTRIES = 60;

/** The clock of a page without an engine. */
export const fakeClock: Clock = {
  now: () => millis(performance.now()),
  wakeAt(when, wake) {
    const timer = setTimeout(wake, Math.max(0, when - performance.now()));
    return () => clearTimeout(timer);
  },
};

interface FakeTorrent {
  readonly infoHash: InfoHash;
  readonly name: string;
  readonly description: string;
  readonly bytes: number;
  readonly fileCount: number;
  readonly seeders: number;
  readonly leechers: number;
  readonly publishedAt: string;
  readonly publishedBy?: string;
  readonly lastSeededAt?: string;
  readonly goesAt?: string;
}

interface FakeKey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt?: string;
  readonly expiresAt?: string;
}

interface FakeAccount {
  readonly name: string;
  readonly isAdmin: boolean;
  readonly createdAt: string;
  readonly bannedAt?: string;
}

const moment = (millisAgo: number): string => new Date(Date.now() - millisAgo).toISOString();

/** A tracker's JSON API that makes everything up and remembers what it is told. */
export function fakeTracker(person: FakePerson, isEmpty: boolean): SendRequest {
  const tracker = new FakeTracker(person, isEmpty);
  return async (request) => tracker.answer(request);
}

class FakeTracker {
  #me: FakeAccount | undefined;
  #torrents: FakeTorrent[];
  #keys: FakeKey[];
  #accounts: FakeAccount[];
  #isRegistrationOpen = true;
  #number = 0;
  readonly #publishedHere = new Set<string>();

  constructor(person: FakePerson, isEmpty: boolean) {
    this.#accounts = fakeAccounts();
    this.#me = this.#accounts.find(({ name }) => name === NAMES[person]);
    this.#torrents = isEmpty ? [] : fakeTorrents(person !== "nobody");
    this.#keys = fakeKeys();
  }

  answer({ method, path, body = {} }: ApiRequest): ApiResponse {
    const [route = "", query = ""] = path.split("?");
    const [, thing = "", name = "", more = ""] = route.split("/").map(decodeURIComponent);
    const said: Partial<Record<string, unknown>> = { ...body };
    switch (`${method} ${thing}${name === "" ? "" : "/*"}${more === "" ? "" : `/${more}`}`) {
      case "GET torrents":
        return this.#list(new URLSearchParams(query));
      case "POST torrents":
        return this.#publish(said);
      case "GET torrents/*":
        return name.endsWith(".torrent") ? ok(new Blob(["d4:infodee"])) : this.#details(name);
      case "DELETE torrents/*":
        this.#torrents = this.#torrents.filter(({ infoHash }) => infoHash !== name);
        return ok();
      case "GET torrents/*/peers":
        return ok({ items: fakePeers() });
      case "GET status":
        return ok(this.#status());
      default:
        return this.#account(method, thing, name, more, said);
    }
  }

  #account(
    method: string,
    thing: string,
    name: string,
    more: string,
    said: Partial<Record<string, unknown>>,
  ): ApiResponse {
    switch (`${method} ${thing}${more === "" ? "" : `/${more}`}`) {
      case "GET me":
        return this.#me === undefined ? refused(401, "You are not logged in.") : ok(withPeerId(this.#me));
      case "POST session":
      case "POST accounts":
        return this.#enter(said, thing === "accounts");
      case "PATCH me":
        return this.#patchMe(said);
      case "DELETE session":
      case "DELETE me":
        if (thing === "me" && said["password"] !== FAKE_PASSWORD)
          return refused(403, "That is not your password.");
        this.#me = undefined;
        return ok();
      case "GET keys":
        return ok({ items: this.#keys });
      case "POST keys":
      case "POST keys/replace":
        return this.#addKey(said, name);
      case "DELETE keys":
        this.#keys = this.#keys.filter(({ id }) => id !== name);
        return ok();
      case "GET accounts":
        return ok({ items: this.#accounts });
      case "PATCH accounts":
        this.#accounts = this.#accounts.map((one) => (one.name === name ? changed(one, said) : one));
        return ok();
      case "DELETE accounts":
        this.#accounts = this.#accounts.filter((one) => one.name !== name);
        return ok();
      case "PATCH settings":
        this.#isRegistrationOpen = said["isRegistrationOpen"] === true;
    }
    return ok({ isRegistrationOpen: this.#isRegistrationOpen });
  }

  #list(query: URLSearchParams): ApiResponse {
    const text = (query.get("q") ?? "").toLowerCase();
    const found = this.#torrents.filter(({ name, description }) =>
      `${name} ${description}`.toLowerCase().includes(text),
    );
    if (query.get("sort") === "seeders") found.sort((left, right) => right.seeders - left.seeders);
    if (query.get("sort") === "name") found.sort((left, right) => left.name.localeCompare(right.name));
    const start = Number(query.get("cursor") ?? 0);
    const end = start + Number(query.get("limit"));
    return ok({ items: found.slice(start, end), ...(end < found.length && { nextCursor: `${end}` }) });
  }

  #details(infoHash: string): ApiResponse {
    const torrent = this.#torrents.find((one) => one.infoHash === infoHash);
    if (torrent === undefined) return refused(404, "That is not in the catalog. It may have been taken out.");
    const count = Math.min(torrent.fileCount, 40);
    const files = Array.from({ length: count }, (_, at) => ({
      path: count === 1 ? torrent.name : `${torrent.name}/Part ${String(at + 1).padStart(2, "0")}.bin`,
      bytes: Math.floor(torrent.bytes / count),
    }));
    const canUnpublish =
      this.#publishedHere.has(infoHash) ||
      (this.#me !== undefined && (this.#me.isAdmin || torrent.publishedBy === this.#me.name));
    return ok({
      ...torrent,
      pieceBytes: 524_288,
      pieceCount: Math.ceil(torrent.bytes / 524_288),
      files,
      canUnpublish,
    });
  }

  #publish({ torrent, description }: Partial<Record<string, unknown>>): ApiResponse {
    const [, hash = "", name = "Uploaded"] = /4:info([0-9a-f]{40}) (.*)e$/.exec(atob(String(torrent))) ?? [];
    const published = {
      ...fakeTorrent(900 + ++this.#number, decodeURI(name), String(description ?? ""), 24.8 * MEGA, 1),
      ...(hash !== "" && { infoHash: hash as InfoHash }),
      publishedAt: moment(0),
      ...(this.#me !== undefined && { publishedBy: this.#me.name }),
    };
    this.#torrents.unshift(published);
    this.#publishedHere.add(published.infoHash);
    return ok(published);
  }

  #enter({ name, password }: Partial<Record<string, unknown>>, isNew: boolean): ApiResponse {
    if (!isNew && password !== FAKE_PASSWORD) return refused(401, "The name or the password is wrong.");
    const known = this.#accounts.find((one) => one.name === name);
    if (isNew && known !== undefined)
      return refused(409, "Somebody has that name already. Choose another one.");
    this.#me = known ?? { name: String(name), isAdmin: false, createdAt: moment(0) };
    return ok(withPeerId(this.#me));
  }

  #patchMe({ password, adminCode }: Partial<Record<string, unknown>>): ApiResponse {
    if (adminCode === undefined)
      return password === FAKE_PASSWORD ? ok() : refused(403, "That is not your password.");
    if (this.#me !== undefined) this.#me = { ...this.#me, isAdmin: true };
    return ok();
  }

  #addKey(
    { name, ttlSeconds, graceSeconds }: Partial<Record<string, unknown>>,
    replaced: string,
  ): ApiResponse {
    const id = `key-${++this.#number}`;
    const old = this.#keys.find((one) => one.id === replaced);
    const added = {
      id,
      name: String(name ?? old?.name),
      createdAt: moment(0),
      ...(typeof ttlSeconds === "number" && { expiresAt: moment(-ttlSeconds * 1000) }),
    };
    const until = moment(-Number(graceSeconds ?? 0) * 1000);
    this.#keys = [...this.#keys.map((one) => (one === old ? { ...one, expiresAt: until } : one)), added];
    const key = "mfrggzdfmztwq2lknnwg23tpobyxe43u";
    return ok({ ...added, key, announceUrls: [`http://192.168.1.5:8000/announce/${key}`] });
  }

  #status(): object {
    const swarms = this.#torrents.slice(0, 12).map(({ infoHash, name, seeders, leechers }) => ({
      infoHash,
      name,
      seeders,
      leechers,
    }));
    return {
      uptimeSeconds: 1_234_567,
      announcesPerMinute: 1_482,
      swarmCount: 214,
      peerCount: 1_906,
      swarms,
      nodes: [
        { url: "https://one.share.example.org/", startedAt: moment(14 * DAY), sockets: 812 },
        { url: "https://two.share.example.org/", startedAt: moment(3 * HOUR), sockets: 655 },
      ],
    };
  }
}

function ok(body?: unknown): ApiResponse {
  return { status: 200, body };
}

function refused(status: number, message: string): ApiResponse {
  return { status, body: { error: { code: "refused", message } } };
}

const withPeerId = ({ name, isAdmin }: FakeAccount): object => ({ name, isAdmin, peerId: fakeInfoHash(77) });

function changed(account: FakeAccount, { isBanned, isAdmin }: Partial<Record<string, unknown>>): FakeAccount {
  const { bannedAt: _before, ...rest } = account;
  const isStillBanned = isBanned ?? account.bannedAt !== undefined;
  return {
    ...rest,
    ...(typeof isAdmin === "boolean" && { isAdmin }),
    ...(isStillBanned === true && { bannedAt: moment(0) }),
  };
}

function fakeTorrent(
  seed: number,
  name: string,
  description: string,
  bytes: number,
  fileCount: number,
): FakeTorrent {
  const random = seededRandom(seed);
  const seeders = random.below(40);
  return {
    infoHash: fakeInfoHash(seed),
    name,
    description,
    bytes,
    fileCount,
    seeders,
    leechers: random.below(12),
    publishedAt: moment(seed * 7 * HOUR),
    ...(seeders > 0 && { lastSeededAt: moment(seed * MINUTE) }),
  };
}

function fakeTorrents(hasAccounts: boolean): FakeTorrent[] {
  const by = (name: string) => (hasAccounts ? { publishedBy: name } : {});
  const film = fakeTorrent(
    11,
    "Summer by the lake (director’s cut).mp4",
    "Shot on a phone, cut on a train.",
    1.86 * GIGA,
    1,
  );
  const lonely = fakeTorrent(
    14,
    "Lecture recordings, spring term",
    "All 26 lectures. Sound only from number 9 on.",
    38 * GIGA,
    26,
  );
  const never = fakeTorrent(16, "Map of the old town.pdf", "", 9.4 * MEGA, 1);
  const { lastSeededAt: _never, ...unseen } = never;
  const hostile = "<img src=x onerror=alert(1)><b>not bold</b> & co.html";
  return [
    { ...film, ...by("linh") },
    {
      ...fakeTorrent(12, "Ảnh cưới của Linh & Tuấn 💐", "Hà Nội, bãi biển, và bữa tiệc.", 185 * MEGA, 46),
      ...by("linh"),
    },
    {
      ...fakeTorrent(
        13,
        "debian-12.8.0-amd64-netinst.iso",
        "The installer, as it came from the mirror.",
        662 * MEGA,
        1,
      ),
      ...by("Ada"),
    },
    {
      ...lonely,
      seeders: 0,
      leechers: 3,
      lastSeededAt: moment(9 * DAY),
      goesAt: moment(-21 * DAY),
      ...by("grace"),
    },
    { ...fakeTorrent(15, hostile, "<script>alert(2)</script>", 4_096, 1), ...by("<i>mallory</i>") },
    { ...unseen, seeders: 0, leechers: 0, goesAt: moment(-29 * DAY), ...by("Ada") },
    ...Array.from({ length: MANY_ENTRIES }, (_, at) =>
      fakeTorrent(
        100 + at,
        `Field recording ${String(at + 1).padStart(3, "0")}.flac`,
        "",
        (at + 1) * 31 * MEGA,
        1,
      ),
    ),
  ];
}

function fakePeers(): object[] {
  return [
    { kind: "browser", progress: "seeder", lastSeenAt: moment(2_000), hasFreeSlot: true },
    { kind: "browser", progress: "leecher", lastSeenAt: moment(71_000), hasFreeSlot: false },
    { kind: "desktop", progress: "seeder", lastSeenAt: moment(5 * MINUTE), address: "192.168.1.23:6881" },
  ];
}

function fakeKeys(): FakeKey[] {
  return [
    { id: "a", name: "seedbox in the cellar", createdAt: moment(90 * DAY), lastUsedAt: moment(3 * MINUTE) },
    {
      id: "b",
      name: "laptop",
      createdAt: moment(20 * DAY),
      lastUsedAt: moment(6 * DAY),
      expiresAt: moment(-10 * DAY),
    },
    { id: "c", name: "aria2 on the NAS", createdAt: moment(2 * DAY) },
  ];
}

function fakeAccounts(): FakeAccount[] {
  return [
    { name: "Ada", isAdmin: true, createdAt: moment(400 * DAY) },
    { name: "grace", isAdmin: false, createdAt: moment(220 * DAY) },
    { name: "linh", isAdmin: false, createdAt: moment(31 * DAY) },
    { name: "<i>mallory</i>", isAdmin: false, createdAt: moment(2 * DAY), bannedAt: moment(1 * HOUR) },
  ];
}
