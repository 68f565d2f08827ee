// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { fakeTorrent } from "../../engine/fake-scenes.ts";
import { texts } from "../texts/texts.ts";
import { SpeedGraph } from "./speed-graph.tsx";

afterEach(() => {
  vi.useRealTimers();
  return render(null, document.body);
});

const show = (load: () => Promise<undefined>) =>
  act(() =>
    render(
      <SpeedGraph
        load={load}
        none={texts.speed.none}
        torrent={fakeTorrent(1, { name: "a", bytesTotal: 1 })}
      />,
      document.body,
    ),
  );

test("a torrent in which nothing has moved says so", async () => {
  await show(async () => undefined);
  await eventually(() =>
    expect(document.body.textContent).toMatch(/^Nothing has moved in the last 15 minutes\./),
  );
});

test("speeds are asked for at most once a second, also for the last news, and never without news", async () => {
  vi.useFakeTimers();
  const load = vi.fn(async () => undefined);
  await show(load);
  await vi.advanceTimersByTimeAsync(0);
  expect(load).toHaveBeenCalledTimes(1);
  for (let news = 0; news < 3; news++) {
    await vi.advanceTimersByTimeAsync(250);
    await show(load);
  }
  expect(load).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(250);
  expect(load).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(load).toHaveBeenCalledTimes(2);
});
