import { expect, test } from "vitest";
import { millis } from "../base/ids.ts";
import { StandingBack } from "./standing-back.ts";

/** A machine, and a swarm of four that takes so many pieces in each half second, of which so many come from us. */
function newSwarm() {
  const machine = new StandingBack();
  let now = 0;
  return {
    machine,
    takes(pieces: number, ours: number, lacking = 4): void {
      const start = now;
      for (let at = 1; at <= pieces; at++) {
        now = start + (500 * at) / pieces;
        machine.pieceTaken(millis(now));
        if (at <= ours) machine.sentByUs();
      }
      machine.look(millis(now), lacking);
    },
    waits(forMillis: number): void {
      now += forMillis;
      machine.look(millis(now), 4);
    },
    begin: () => machine.begin(millis(now), 4),
  };
}

test("we know nothing of a swarm that has hardly begun, and so stay", () => {
  const swarm = newSwarm();
  swarm.takes(10, 5);
  swarm.begin();
  expect(swarm.machine.isFine).toBe(false);
});

test("peers that make up for what we no longer send do not need us", () => {
  const swarm = newSwarm();
  for (let at = 0; at < 3; at++) swarm.takes(400, 100);
  swarm.begin();
  expect(swarm.machine.isFine).toBe(true);
  for (let at = 0; at < 10; at++) swarm.takes(390, 0);
  expect(swarm.machine.isFine).toBe(true);
});

test("peers that get less from each other than before need us, once that is no accident", () => {
  const swarm = newSwarm();
  for (let at = 0; at < 3; at++) swarm.takes(400, 100);
  swarm.begin();
  for (let at = 0; at < 3; at++) swarm.takes(300, 0);
  expect(swarm.machine.isFine).toBe(true);
  swarm.takes(400, 0);
  for (let at = 0; at < 3; at++) swarm.takes(300, 0);
  expect(swarm.machine.isFine).toBe(true);
  swarm.takes(300, 0);
  expect(swarm.machine.isFine).toBe(false);
  for (let at = 0; at < 3; at++) swarm.takes(500, 0);
  expect(swarm.machine.isFine).toBe(true);
});

test("a swarm that takes a tenth less is as fast as before: rates vary", () => {
  const swarm = newSwarm();
  for (let at = 0; at < 3; at++) swarm.takes(400, 20);
  swarm.begin();
  for (let at = 0; at < 5; at++) swarm.takes(361, 0);
  expect(swarm.machine.isFine).toBe(true);
  for (let at = 0; at < 4; at++) swarm.takes(359, 0);
  expect(swarm.machine.isFine).toBe(false);
});

test("once most are complete, the others are not compared with them: they were always slower", () => {
  const swarm = newSwarm();
  for (let at = 0; at < 3; at++) swarm.takes(400, 100);
  swarm.begin();
  for (let at = 0; at < 5; at++) swarm.takes(50, 0, 1);
  expect(swarm.machine.isFine).toBe(true);
});

test("peers that get nothing at all need us", () => {
  const swarm = newSwarm();
  for (let at = 0; at < 3; at++) swarm.takes(400, 100);
  swarm.begin();
  for (let at = 0; at < 4; at++) swarm.waits(500);
  expect(swarm.machine.isFine).toBe(false);
});

test("while the last pieces from us are still coming, nothing is judged", () => {
  const swarm = newSwarm();
  for (let at = 0; at < 3; at++) swarm.takes(400, 300);
  swarm.begin();
  for (let at = 0; at < 3; at++) swarm.takes(200, 100);
  expect(swarm.machine.isFine).toBe(true);
});

test("a swarm of fewer peers that lack pieces takes fewer in all", () => {
  const swarm = newSwarm();
  for (let at = 0; at < 3; at++) swarm.takes(400, 100, 4);
  swarm.begin();
  for (let at = 0; at < 3; at++) swarm.takes(200, 0, 2);
  expect(swarm.machine.isFine).toBe(true);
});
