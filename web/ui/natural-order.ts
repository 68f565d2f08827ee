const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Compares names as people sort them: `IMG_2` before `IMG_10`, and `ä` beside `a`. */
export function compareNames(left: string, right: string): number {
  return COLLATOR.compare(left, right);
}
