import { locale } from "./locale.ts";

/** A form for each kind of number that a language tells apart. `#` stands for the number. */
export type Forms<Category extends Intl.LDMLPluralRule> = Readonly<Record<Category | "other", string>>;

/** Constructing a formatter takes longer than formatting a thousand numbers: each is made once for each language. */
function kept<Made, Wish extends string = "">(make: (tag: string, wish: Wish) => Made): (wish: Wish) => Made {
  const made = new Map<string, Made>();
  return (wish) => {
    const key = `${locale} ${wish}`;
    const known = made.get(key) ?? make(locale, wish);
    made.set(key, known);
    return known;
  };
}

/** `short`: one, unless it is 0. */
export type Decimals = "0" | "1" | "short";

const numbers = kept(
  (tag, decimals: "0" | "1") =>
    new Intl.NumberFormat(tag, {
      minimumFractionDigits: Number(decimals),
      maximumFractionDigits: Number(decimals),
    }),
);
const percents = kept((tag) => new Intl.NumberFormat(tag, { style: "percent" }));
const amounts = kept((tag, wish: `${string} ${Decimals}`) => {
  const [unit = "", decimals] = wish.split(" ");
  return new Intl.NumberFormat(tag, {
    style: "unit",
    unit,
    unitDisplay: unit === "byte" ? "long" : "short",
    minimumFractionDigits: decimals === "1" ? 1 : 0,
    maximumFractionDigits: decimals === "0" ? 0 : 1,
  });
});
const plurals = kept((tag) => new Intl.PluralRules(tag));
const lists = kept((tag) => new Intl.ListFormat(tag, { type: "unit" }));
const relatives = kept((tag) => new Intl.RelativeTimeFormat(tag));
const days = kept((tag) => new Intl.DateTimeFormat(tag, { dateStyle: "medium" }));
const times = kept((tag, timeStyle: "short" | "medium") => new Intl.DateTimeFormat(tag, { timeStyle }));
const moments = kept((tag) => new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" }));

/** A whole number: `1,234`. */
export const number = (count: number): string => numbers("0").format(count);

/** A number with one decimal: `1.5`. */
export const tenth = (value: number): string => numbers("1").format(value);

/** Whole percent, 0 to 100: `45%`. */
export const percent = (whole: number): string => percents("").format(whole / 100);

/** The same in its parts, of which one is the sign. */
export const percentParts = (whole: number): readonly Intl.NumberFormatPart[] =>
  percents("").formatToParts(whole / 100);

/** A value with its unit, as ECMA-402 names units: `12.4 MB` for `megabyte`. */
export const amount = (value: number, unit: string, decimals: Decimals): string =>
  amounts(`${unit} ${decimals}`).format(value);

/** The form for a number, with the number in it: `1 file`, `1,234 files`. */
export function plural<Category extends Intl.LDMLPluralRule>(count: number, forms: Forms<Category>): string {
  const all: Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string } = forms;
  return (all[plurals("").select(count)] ?? all.other).replace("#", number(count));
}

/** What stands side by side: `a, b, c`. */
export const list = (words: readonly string[]): string => lists("").format(words);

/** From now: `3 days ago`, `in 5 minutes`. */
export const fromNow = (count: number, unit: Intl.RelativeTimeFormatUnit): string =>
  relatives("").format(count, unit);

/** A day: `Jan 31, 2026`. */
export const day = (at: Date): string => days("").format(at);

/** A time of day, `3:04:05 PM`, or `short` without the seconds. */
export const timeOfDay = (at: Date, timeStyle: "short" | "medium"): string => times(timeStyle).format(at);

/** A day and its time: `Jan 31, 2026, 3:04 PM`. */
export const dayAndTime = (at: Date): string => moments("").format(at);
