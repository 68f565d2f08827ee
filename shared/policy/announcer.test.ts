import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { millis } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import { Announcer, type AnnouncerTimes } from "./announcer.ts";

const TIMES: AnnouncerTimes = {
  minRetryMillis: 1_000,
  maxRetryMillis: 60_000,
  maxRefusedMillis: 600_000,
  answerMillis: 15_000,
  seekMillis: 2_000,
  maxSeekMillis: 300_000,
  minIntervalMillis: 10_000,
  maxIntervalMillis: 3_600_000,
  maxForbiddenMillis: 86_400_000,
};

function newAnnouncer(seed = 1): Announcer {
  return new Announcer(millis(0), TIMES, seededRandom(seed));
}

/** An announcer whose tracker answered its first announce at time 0. */
function working(seed = 1): Announcer {
  const announcer = newAnnouncer(seed);
  announcer.takeDue(millis(0));
  answer(announcer, 0);
  return announcer;
}

function answer(announcer: Announcer, now: number, intervalSeconds = 120, minIntervalSeconds?: number): void {
  const counts = { seeders: 3, leechers: 4 };
  announcer.answered(millis(now), { intervalSeconds, minIntervalSeconds, ...counts, warning: undefined });
}

test("what became of our offers counts until the tracker says it of later ones, or is lost", () => {
  const announcer = working();
  const say = (offersRelayed: number | undefined): number | undefined => {
    const times = { intervalSeconds: 120, minIntervalSeconds: undefined };
    announcer.answered(millis(1), { ...times, seeders: 3, leechers: 4, offersRelayed, warning: undefined });
    return announcer.offersRelayed;
  };
  expect(announcer.offersRelayed).toBeUndefined();
  expect([say(0), say(undefined), say(2)]).toEqual([0, 0, 2]);
  announcer.lost(millis(2), "gone");
  expect(announcer.offersRelayed).toBeUndefined();
});

test("the stand-in of a lost tracker gets its clients spread over a second, and no announce twice", () => {
  const due = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
    const announcer = newAnnouncer(seed);
    announcer.standIn(millis(500));
    return announcer.nextAt ?? 0;
  });
  expect(new Set(due).size).toBeGreaterThan(4);
  for (const at of due) expect(at >= 500 && at <= 1_500).toBe(true);
  const known = working();
  const before = known.nextAt;
  known.standIn(millis(500));
  expect(known.nextAt).toBe(before);
});

describe("an announce", () => {
  test("goes out at once, and no other does while it is unanswered", () => {
    const announcer = newAnnouncer();
    expect(announcer.state).toBe("waiting");
    expect(announcer.deadline).toBe(0);
    expect(announcer.takeDue(millis(0))).toBe("started");
    expect(announcer.state).toBe("connecting");
    expect(announcer.takeDue(millis(1))).toBeUndefined();
    expect(announcer.nextAt).toBeUndefined();
    expect(announcer.deadline).toBe(15_000);
  });

  test("is repeated after the tracker's interval", () => {
    const announcer = working();
    expect(announcer.state).toBe("working");
    expect(announcer.counts).toEqual({ seeders: 3, leechers: 4 });
    expect(announcer.takeDue(millis(119_999))).toBeUndefined();
    expect(announcer.takeDue(millis(120_000))).toBe("update");
  });

  test.each([
    [0, 10_000],
    [9, 10_000],
    [11, 11_000],
    [3_600, 3_600_000],
    [1_000_000, 3_600_000],
  ])("with an interval of %i s is repeated after %i ms", (seconds, wait) => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    answer(announcer, 0, seconds);
    expect(announcer.nextAt).toBe(wait);
  });

  test("without an answer in time makes the tracker unreachable, but late answers still count", () => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    expect(announcer.takeDue(millis(15_000))).toBeUndefined();
    expect(announcer).toMatchObject({ state: "unreachable", message: "the tracker does not answer" });
    answer(announcer, 15_100);
    expect(announcer.state).toBe("working");
    expect(announcer.takeDue(millis(20_000))).toBe("started"); // Harmless if it knows us already.
  });
});

describe("after a failure", () => {
  test("the first wait is one to three seconds; waits grow with the outage, up to a minute", () => {
    for (let seed = 0; seed < 50; seed++) {
      const announcer = newAnnouncer(seed);
      let now = 0;
      for (let failures = 0; now < 600_000; failures++) {
        expect(failures).toBeLessThan(40);
        expect(announcer.takeDue(millis(now))).toBe("started");
        announcer.lost(millis(now), "gone");
        const wait = (announcer.nextAt ?? 0) - now;
        const base = Math.min(60_000, Math.max(1_000, Math.floor(now / 5)));
        expect(wait).toBeGreaterThanOrEqual(base);
        expect(wait).toBeLessThanOrEqual(Math.min(60_000, base + Math.max(2_000, base / 2)));
        now += wait;
      }
    }
  });

  test("we reach a tracker that was away for up to 20 seconds within 6 seconds of its return", () => {
    for (let seed = 0; seed < 200; seed++) {
      const announcer = working(seed);
      let now = 1_000;
      announcer.lost(millis(now), "gone");
      while ((announcer.nextAt ?? 0) < 21_000) {
        now = announcer.nextAt ?? 0;
        announcer.takeDue(millis(now));
        announcer.lost(millis(now), "gone");
        expect((announcer.nextAt ?? 0) - now).toBeLessThanOrEqual(6_100);
      }
    }
  });

  test("each refusal about doubles the wait, up to ten minutes", () => {
    for (let seed = 0; seed < 50; seed++) {
      const announcer = newAnnouncer(seed);
      let now = 0;
      for (let refusals = 0; refusals < 14; refusals++) {
        expect(announcer.takeDue(millis(now))).toBe("started");
        announcer.refused(millis(now), "no");
        const wait = (announcer.nextAt ?? 0) - now;
        const base = Math.min(600_000, 1_000 * 2 ** refusals);
        expect(wait).toBeGreaterThanOrEqual(base);
        expect(wait).toBeLessThanOrEqual(Math.min(600_000, base * 3));
        now += wait;
      }
    }
  });

  test("waits differ between peers, so they do not all return at once", () => {
    const waits = Array.from({ length: 30 }, (_, seed) => {
      const announcer = newAnnouncer(seed);
      announcer.takeDue(millis(0));
      announcer.lost(millis(0), "gone");
      return announcer.nextAt;
    });
    expect(new Set(waits).size).toBeGreaterThan(25);
  });

  test("we send `started` again, and an answer makes waits short again", () => {
    const announcer = working();
    announcer.takeDue(millis(120_000));
    for (let count = 0; count < 8; count++) announcer.lost(millis(120_000), "gone");
    const next = announcer.nextAt ?? millis(0);
    expect(announcer.takeDue(next)).toBe("started");
    answer(announcer, next);
    announcer.lost(next, "gone again");
    expect((announcer.nextAt ?? 0) - next).toBeLessThanOrEqual(3_000);
  });

  test("a refusal is not taken for silence, and we retry it too", () => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    announcer.refused(millis(0), "not here");
    expect(announcer).toMatchObject({ state: "refused", message: "not here" });
    expect(announcer.takeDue(announcer.nextAt ?? millis(0))).toBe("started");
    answer(announcer, 5_000);
    expect(announcer.message).toBeUndefined();
  });

  test("coming online retries an unreachable tracker at once", () => {
    const lost = newAnnouncer();
    lost.takeDue(millis(0));
    lost.lost(millis(0), "gone");
    lost.cameOnline(millis(10));
    expect(lost.takeDue(millis(10))).toBe("started");
    lost.cameOnline(millis(11));
    expect(lost.takeDue(millis(11))).toBeUndefined();
  });

  test("coming online asks a tracker that worked, but no sooner than ten seconds after its last answer", () => {
    const well = working();
    well.cameOnline(millis(10));
    expect(well.nextAt).toBe(10_000);
    expect(well.takeDue(millis(10_000))).toBe("update");
    well.cameOnline(millis(10_001)); // It is being asked.
    expect(well.nextAt).toBeUndefined();
    answer(well, 10_100);
    well.cameOnline(millis(60_000));
    expect(well.takeDue(millis(60_000))).toBe("update");
  });

  test("coming online delays nothing that is due", () => {
    const well = working();
    well.completed(millis(100));
    well.cameOnline(millis(100));
    expect(well.takeDue(millis(100))).toBe("completed");
  });

  test("coming online asks a tracker that refuses us no sooner", () => {
    const refused = working();
    refused.refused(millis(0), "no", 3_600);
    refused.cameOnline(millis(60_000));
    expect(refused.nextAt).toBe(3_600_000);
  });
});

describe("we obey the tracker", () => {
  test("we do not search before its `min interval` is over", () => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    answer(announcer, 0, 1_800, 900);
    announcer.seek(millis(0));
    expect(announcer.nextAt).toBe(900_000);
    announcer.announceSoon(millis(1_000));
    expect(announcer.nextAt).toBe(900_000);
    expect(announcer.takeDue(millis(900_000))).toBe("update");
  });

  test("that everything was here all along is announced at once, also while an announce is on its way", () => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    announcer.leftChanged(millis(5));
    answer(announcer, 10, 1_800, 900);
    expect(announcer.takeDue(millis(10))).toBe("update");
    answer(announcer, 20, 1_800, 900);
    expect(announcer.nextAt).toBe(1_800_020); // That was owed once only.
    announcer.announceSoon(millis(30));
    expect(announcer.nextAt).toBe(900_020);
  });

  test("a `min interval` above its interval holds, up to a day", () => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    answer(announcer, 0, 60, 7_200);
    expect(announcer.nextAt).toBe(7_200_000);
    answer(announcer, 0, 60, 1e15);
    expect(announcer.nextAt).toBe(86_400_000);
  });

  test("events still go out at once, and offers follow the counts", () => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    answer(announcer, 0, 1_800, 900);
    announcer.offerNow(millis(10));
    expect(announcer.takeDue(millis(10))).toBe("update");
    answer(announcer, 20, 1_800, 900);
    announcer.completed(millis(30));
    expect(announcer.takeDue(millis(30))).toBe("completed");
  });

  test("a refusal with a retry time keeps us away that long, up to a day", () => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    announcer.refused(millis(0), "overloaded", 3_600);
    expect(announcer.nextAt).toBe(3_600_000);
    expect(announcer.takeDue(millis(3_600_000))).toBe("started");
    announcer.refused(millis(3_600_000), "overloaded", 1e15);
    expect(announcer.nextAt).toBe(90_000_000);
    announcer.refused(millis(0), "overloaded", 0.001); // No reason to hurry.
    expect(announcer.nextAt).toBeGreaterThanOrEqual(1_000);
  });

  test("we retry a tracker that turned us away at the time it named", () => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    announcer.lost(millis(0), "busy", 600);
    expect(announcer.nextAt).toBe(600_000);
    announcer.lost(millis(0), "busy", 1e15);
    expect(announcer.nextAt).toBe(86_400_000);
  });

  test("after `never` we do not ask it again, whatever happens", () => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    announcer.refused(millis(0), "unknown torrent", "never");
    announcer.cameOnline(millis(1));
    announcer.completed(millis(2));
    announcer.announceSoon(millis(3));
    announcer.seek(millis(4));
    announcer.offerNow(millis(5));
    expect(announcer).toMatchObject({ state: "refused", nextAt: undefined, deadline: undefined });
    expect(announcer.takeDue(millis(1e12))).toBeUndefined();
  });
});

describe("a tracker that another connection saw go away", () => {
  test("gets `started` again, but not twice within the shortest interval", () => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    answer(announcer, 0, 1_800, 900);
    announcer.forgot(millis(30_000), millis(20_000));
    expect(announcer.takeDue(millis(30_000))).toBe("started");
    answer(announcer, 30_100, 1_800, 900);
    announcer.forgot(millis(32_000), millis(31_000));
    expect(announcer.takeDue(millis(40_099))).toBeUndefined();
    expect(announcer.takeDue(millis(40_100))).toBe("started");
  });

  test("is left alone if it has answered since", () => {
    const announcer = working();
    announcer.forgot(millis(30_000), millis(-1));
    expect(announcer.takeDue(millis(30_000))).toBeUndefined();
  });

  test("is retried at once if it is unreachable", () => {
    const announcer = working();
    announcer.lost(millis(20_000), "gone");
    announcer.forgot(millis(20_500), millis(20_000));
    expect(announcer.takeDue(millis(20_500))).toBe("started");
  });
});

describe("`completed`", () => {
  test("goes out at once, and once", () => {
    const announcer = working();
    announcer.completed(millis(5_000));
    expect(announcer.takeDue(millis(5_000))).toBe("completed");
    answer(announcer, 5_100);
    expect(announcer.takeDue(millis(125_100))).toBe("update");
  });

  test("waits for the answer to an earlier announce, then follows at once", () => {
    const announcer = working();
    expect(announcer.takeDue(millis(120_000))).toBe("update");
    announcer.completed(millis(120_050));
    expect(announcer.takeDue(millis(120_050))).toBeUndefined();
    answer(announcer, 120_100);
    expect(announcer.takeDue(millis(120_100))).toBe("completed");
  });

  test("follows the very first announce, too", () => {
    const announcer = newAnnouncer();
    announcer.takeDue(millis(0));
    announcer.completed(millis(50));
    answer(announcer, 100);
    expect(announcer.takeDue(millis(100))).toBe("completed");
  });

  test("is part of `started` if the tracker does not know us", () => {
    const announcer = working();
    announcer.lost(millis(100), "gone");
    announcer.completed(millis(200));
    expect(announcer.takeDue(announcer.nextAt ?? millis(0))).toBe("started");
  });
});

describe("while we lack peers", () => {
  test("we re-announce soon, doubling the wait each time, until the tracker's interval is shorter", () => {
    const announcer = working();
    const waits: number[] = [];
    let now = 0;
    for (let count = 0; count < 8; count++) {
      announcer.seek(millis(now));
      announcer.seek(millis(now + 1)); // The session calls it often.
      const next = announcer.nextAt ?? millis(0);
      waits.push(next - now);
      expect(announcer.takeDue(millis(next - 1))).toBeUndefined();
      expect(announcer.takeDue(next)).toBe("update");
      answer(announcer, next);
      now = next;
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 120_000, 120_000]);
  });

  test("we ask a tracker with a long interval at least every five minutes", () => {
    const announcer = working();
    let now = announcer.nextAt ?? 0;
    for (let count = 0; count < 12; count++) {
      announcer.takeDue(millis(now));
      answer(announcer, now, 3_600);
      announcer.seek(millis(now));
      const next = announcer.nextAt ?? 0;
      if (count > 8) expect(next - now).toBe(300_000);
      now = next;
    }
  });

  test("a new peer makes the next search start over", () => {
    const announcer = working();
    for (let now = 0, count = 0; count < 4; count++) {
      announcer.seek(millis(now));
      now = announcer.nextAt ?? 0;
      announcer.takeDue(millis(now));
      answer(announcer, now);
    }
    announcer.found();
    announcer.seek(millis(40_000));
    expect(announcer.nextAt).toBe(42_000);
    announcer.found();
    expect(announcer.nextAt).toBeGreaterThan(100_000);
  });

  test("we do not ask an unreachable tracker more often", () => {
    const announcer = working();
    announcer.lost(millis(1_000), "gone");
    const before = announcer.nextAt;
    announcer.seek(millis(1_000));
    expect(announcer.nextAt).toBe(before);
  });

  test("offers follow at once when the counts show a peer", () => {
    const announcer = working();
    announcer.offerNow(millis(10));
    expect(announcer.takeDue(millis(10))).toBe("update");
    announcer.offerNow(millis(11));
    expect(announcer.takeDue(millis(11))).toBeUndefined();
  });
});

test("whatever happens, at most one announce is unanswered, and there is always something to wait for", () => {
  const step = fc.record({
    type: fc.constantFrom("wait", "answer", "refuse", "lose", "online", "complete", "seek", "found", "offer"),
    passed: fc.nat(200_000),
    seconds: fc.nat(10_000),
  });
  fc.assert(
    fc.property(fc.array(step), fc.nat(), (steps, seed) => {
      const announcer = newAnnouncer(seed);
      let now = 0;
      let lastAnnounce = Number.NEGATIVE_INFINITY;
      let isUnanswered = false;
      for (const { type, passed, seconds } of steps) {
        if (type === "wait") now += passed;
        if (type === "answer") answer(announcer, now, seconds);
        if (type === "refuse") announcer.refused(millis(now), "no");
        if (type === "lose") announcer.lost(millis(now), "gone");
        if (type === "online") announcer.cameOnline(millis(now));
        if (type === "complete") announcer.completed(millis(now));
        if (type === "seek") announcer.seek(millis(now));
        if (type === "found") announcer.found();
        if (type === "offer") announcer.offerNow(millis(now));
        if (["answer", "refuse", "lose"].includes(type)) isUnanswered = false;
        const event = announcer.takeDue(millis(now));
        if (event !== undefined) {
          expect(isUnanswered && now - lastAnnounce < TIMES.answerMillis).toBe(false);
          lastAnnounce = now;
          isUnanswered = true;
        }
        expect(announcer.deadline).toBeDefined();
        expect(announcer.deadline).toBeGreaterThan(now - 1);
      }
    }),
  );
});
