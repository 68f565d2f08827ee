import { useMemo } from "preact/hooks";
import qrcode from "qrcode";
import { texts } from "../texts/texts.ts";

/** The light border that scanners need, in modules (ISO/IEC 18004). */
const QUIET_MODULES = 4;

/** A QR code that a phone's camera reads. Dark on light in both themes: not every camera reads the reverse. */
export function QrCode({ text }: { readonly text: string }) {
  const drawn = useMemo(() => draw(text), [text]);
  if (drawn === undefined) return <p class="hint">{texts.links.qrTooLong}</p>;
  const size = drawn.size + 2 * QUIET_MODULES;
  return (
    <svg
      class="qr-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={texts.links.qrCode}
      shape-rendering="crispEdges"
    >
      <path d={drawn.path} transform={`translate(${QUIET_MODULES} ${QUIET_MODULES})`} />
    </svg>
  );
}

/** One rectangle for each run of dark modules. Undefined: no code can hold so long a text. */
function draw(text: string): { readonly size: number; readonly path: string } | undefined {
  const modules = modulesOf(text);
  if (modules === undefined) return undefined;
  let path = "";
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      const start = x;
      while (x < modules.size && modules.get(y, x)) x += 1;
      if (x > start) path += `M${start} ${y}h${x - start}v1h-${x - start}z`;
    }
  }
  return { size: modules.size, path };
}

function modulesOf(text: string) {
  try {
    // The lowest level of correction has the largest modules: a screen is neither torn nor dirty.
    return qrcode.create(text, { errorCorrectionLevel: "L" }).modules;
  } catch {
    return undefined;
  }
}
