// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import type { OfferKey } from "../../engine/client.ts";
import { OfferDialog } from "./offer-dialog.tsx";

afterEach(() => document.body.replaceChildren());

test("names that run the other way change nothing in the question around them", async () => {
  const offer = {
    key: "1" as OfferKey,
    from: { name: "هاتف ليلى", kind: undefined },
    name: "صورة (1).jpg",
    fileCount: 3,
    bytes: 12_400_000,
  };
  await act(() => render(<OfferDialog offer={offer} onAnswer={() => {}} />, document.body));
  expect(document.getElementById("offer-text")?.textContent).toContain(
    "\u2068هاتف ليلى\u2069 wants to send you \u2068صورة (1).jpg\u2069 (3 files, 12.4 MB).",
  );
});
