// @vitest-environment happy-dom
import { render } from "preact";
import qrcode from "qrcode";
import { expect, test } from "vitest";
import { QrCode } from "./qr-code.tsx";

function drawn(text: string): HTMLElement {
  const page = document.createElement("div");
  render(<QrCode text={text} />, page);
  return page;
}

test("a QR code has every dark module of its text, and a light border", () => {
  const text = `https://tabswarm.example/#${"0123456789abcdef".repeat(3)}`;
  const { modules } = qrcode.create(text, { errorCorrectionLevel: "L" });
  const page = drawn(text);
  expect(page.querySelector("svg")?.getAttribute("viewBox")).toBe(
    `0 0 ${modules.size + 8} ${modules.size + 8}`,
  );
  const dark = new Set<string>();
  for (const [, x, y, width] of page.innerHTML.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let at = Number(x); at < Number(x) + Number(width); at++) dark.add(`${at} ${y}`);
  }
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      expect(dark.has(`${x} ${y}`), `${x} ${y}`).toBe(modules.get(y, x) === 1);
    }
  }
});

test("of a text that no QR code can hold it says so", () => {
  expect(drawn("x".repeat(3_000)).textContent).toBe("The link is too long for a QR code.");
});
