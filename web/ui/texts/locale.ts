/** Whose numbers, dates and lists the page writes: a BCP 47 tag, with the region if the browser names one for its language. */
export let locale = "en";

/** Where its lines begin. */
export let direction: "ltr" | "rtl" = "ltr";

export function setLocale(tag: string, from: "ltr" | "rtl"): void {
  locale = tag;
  direction = from;
}
