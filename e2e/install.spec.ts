import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

/** The part of the manifest that we test. */
interface Manifest {
  readonly icons: readonly { src: string; sizes: string; type: string; purpose?: string }[];
  readonly protocol_handlers: readonly { protocol: string; url: string }[];
}

const MAGNET = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=Chuy%E1%BA%BFn%20%C4%91i";

test("the manifest has all that browsers need to install the page, and icons of the sizes that it claims", async ({
  tracker,
  context,
}) => {
  const { page } = await openTab(context, tracker.url);
  const devtools = await context.newCDPSession(page);
  const { url, data, errors } = await devtools.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data ?? "") as Manifest;
  expect(manifest).toMatchObject({
    ...{
      name: "Tabswarm",
      short_name: "Tabswarm",
      id: "/",
      start_url: "/",
      scope: "/",
      display: "standalone",
    },
    launch_handler: { client_mode: ["focus-existing", "auto"] },
  });
  const served = await page.request.get(url);
  expect(served.headers()).toMatchObject({
    "content-type": expect.stringContaining("application/manifest+json"),
    "cache-control": "no-cache",
  });
  const purposes = manifest.icons.map(({ purpose = "any", sizes }) => `${purpose} ${sizes}`);
  for (const wanted of ["any 192x192", "any 512x512", "maskable 512x512"]) expect(purposes).toContain(wanted);
  const apple = await page.locator('link[rel="apple-touch-icon"]').getAttribute("href");
  for (const { src, sizes, type } of [
    ...manifest.icons,
    { src: apple ?? "", sizes: "180x180", type: "image/png" },
  ]) {
    const icon = await page.request.get(new URL(src, url).href);
    expect(icon.headers()["content-type"], src).toContain(type);
    const drawn = await page.evaluate(async (path) => {
      const image = new Image();
      image.src = path;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    if (sizes !== "any") expect(drawn, src).toBe(sizes);
  }
});

test("a magnet link that the system hands over opens as a download, and the tracker does not see it", async ({
  tracker,
  context,
}) => {
  const page = await context.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const manifest: Manifest = await (await page.request.get(`${tracker.url}manifest.webmanifest`)).json();
  const handler = manifest.protocol_handlers.find(({ protocol }) => protocol === "magnet");
  const path = handler?.url.replace("%s", encodeURIComponent(MAGNET)) ?? "";
  await page.goto(new URL(path, tracker.url).href);
  await expect(page.getByRole("article").filter({ hasText: "Chuyến đi" })).toHaveAttribute(
    "data-state",
    "metadata",
  );
  expect(asked.filter((url) => url.split("#")[0]?.includes("magnet"))).toEqual([]);
});
