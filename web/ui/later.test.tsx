// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { later } from "./later.tsx";

const page = document.createElement("div");
afterEach(() => render(null, page));

const shown = (text: string): Promise<void> => eventually(() => expect(page.textContent).toContain(text));
const Part = ({ name }: { readonly name: string }) => <b>{name}</b>;

test("a part that has loaded is drawn at once wherever it is shown next", async () => {
  const Late = later(async () => Part);
  await act(() => render(<Late name="first" />, page));
  await shown("first");
  render(
    <>
      <Late key="second" name="second" />
      <Late key="third" name="third" />
    </>,
    page,
  );
  expect(page.textContent).toBe("secondthird");
});

test("a part that did not load says so, and is tried again when it is shown next", async () => {
  const load = vi.fn(async () => Part).mockRejectedValueOnce(new TypeError("no network"));
  const Late = later(load);
  await act(() => render(<Late name="part" />, page));
  await shown("did not load");
  expect(page.querySelector("[role=alert]")).not.toBeNull();
  await act(() => render(<Late key="again" name="part" />, page));
  await shown("part");
});
