// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, onTestFinished, test } from "vitest";
import type { PickedFile } from "../../engine/client.ts";
import { MAX_TEXT_BYTES } from "../files/text-bounds.ts";
import { TextDialog } from "./text-dialog.tsx";

/** What stands in the box, and the problem under it. */
async function paste(pasted: string): Promise<readonly (string | undefined)[]> {
  const page = document.createElement("div");
  onTestFinished(() => render(null, page));
  await act(() => render(<TextDialog pasted={pasted} onShare={() => {}} onClose={() => {}} />, page));
  return [
    page.querySelector("textarea")?.value,
    page.querySelector("[role=alert]")?.textContent ?? undefined,
  ];
}

test("a pasted text that is too long is not put into the box, and its length is told", async () => {
  const most = "x".repeat(MAX_TEXT_BYTES);
  expect(await paste(most)).toEqual([most, undefined]);
  const [box, said] = await paste(`${most}x`);
  expect([box, said?.slice(0, 46)]).toEqual(["", "This is 1 byte longer than a text may be, 65.5"]);
});

test("a text of nothing but what nobody sees is none", async () => {
  const shared: PickedFile[] = [];
  const page = document.createElement("div");
  onTestFinished(() => render(null, page));
  await act(() =>
    render(
      <TextDialog pasted={"\0\u0007 \n"} onShare={(file) => shared.push(file)} onClose={() => {}} />,
      page,
    ),
  );
  await act(() => {
    page.querySelector("form")?.dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
  });
  expect(shared).toEqual([]);
  expect(page.querySelector("[role=alert]")?.textContent).toBe("Write or paste something first.");
});
