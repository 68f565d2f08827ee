import { type Command, InvalidArgumentError, Option } from "commander";

/**
 * Something that an operator can set: as a flag, in the environment, or in a config file. Its name in a table of settings,
 * such as `publicUrl`, is its key in the file and makes the flag (`--public-url`) and the variable (`TABSWARM_PUBLIC_URL`).
 */
export interface Setting<Value> {
  /** What follows the flag, such as `<url>`. Undefined: a switch. */
  readonly argument: string | undefined;
  /** For `--help` and the documentation. */
  readonly description: string;
  readonly isRepeatable: boolean;
  /** The value if nobody sets it. */
  readonly initial: Value;
  /** Reads what somebody wrote: several texts if it is repeatable, `true` or `false` for a switch. Throws an `InvalidArgumentError`. */
  readonly parse: (texts: readonly string[]) => Value;
  /** Whether it is a path: in a config file, that is relative to the file's folder. */
  readonly isPath: boolean;
  /** Whether others must not see it. Other users of the machine can see flags. */
  readonly isSecret: boolean;
  /** Whether only flags and the environment can set it. */
  readonly isOutsideFile: boolean;
}

/** Settings by name. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** What a table of settings reads. */
export type ValuesOf<Table extends Settings> = {
  readonly [Name in keyof Table]: Table[Name] extends Setting<infer Value> ? Value : never;
};

/** What somebody wrote for a setting, and where, for error messages. */
export interface Written {
  readonly texts: readonly string[];
  readonly place: string;
}

type Traits = Partial<Pick<Setting<unknown>, "isPath" | "isSecret" | "isOutsideFile">>;

const PLAIN = { isRepeatable: false, isPath: false, isSecret: false, isOutsideFile: false };

/** A setting with one value. */
export function one<Value, const Initial extends Value | undefined>(
  argument: string,
  description: string,
  parse: (text: string) => Value,
  initial: Initial,
  traits: Traits = {},
): Setting<Value | Initial> {
  const first = ([text = ""]: readonly string[]): Value => parse(text);
  return { ...PLAIN, argument, description, initial, parse: first, ...traits };
}

/** A setting with any number of values. */
export function many<Value, const Initial extends readonly Value[] | undefined>(
  argument: string,
  description: string,
  parse: (text: string) => Value,
  initial: Initial,
  traits: Traits = {},
): Setting<readonly Value[] | Initial> {
  const all = (texts: readonly string[]): readonly Value[] => texts.map((text) => parse(text));
  return { ...PLAIN, argument, description, isRepeatable: true, initial, parse: all, ...traits };
}

/** A switch. One that is on at first is switched off by `--no-<name>`; the description says what it does when it is on. */
export function toggle(description: string, initial = false): Setting<boolean> {
  return { ...PLAIN, argument: undefined, description, initial, parse: ([text]) => parseSwitch(text) };
}

/** Takes a text as it is. */
export function anyText(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}

/** Takes one of these words. */
export function oneOf<Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((known) => known === text);
    if (word === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(", ")}.`);
    return word;
  };
}

/** The flag of a setting, such as `--public-url <url>` or `--no-stun`. */
export function flagOf(name: string, { argument, initial }: Setting<unknown>): string {
  const words = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (argument !== undefined) return `--${words} ${argument}`;
  return initial === true ? `--no-${words}` : `--${words}`;
}

/** The environment variable of a setting, such as `TABSWARM_PUBLIC_URL`. */
export function variableOf(name: string): string {
  return `TABSWARM_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
}

/** How a setting's initial value is written. Undefined: it has none worth mentioning. */
export function initialText({ initial }: Setting<unknown>): string | undefined {
  return typeof initial === "string" || typeof initial === "number" ? String(initial) : undefined;
}

/** Adds a flag for each setting. Commander keeps what somebody wrote, and `readSettings` reads it. */
export function addSettingFlags(command: Command, settings: Settings): Command {
  for (const [name, setting] of Object.entries(settings)) command.addOption(optionOf(name, setting));
  return command;
}

function optionOf(name: string, setting: Setting<unknown>): Option {
  const initial = initialText(setting);
  const notes = [setting.initial === true ? `do not ${setting.description}` : setting.description];
  if (setting.isRepeatable) notes.push("; may be repeated");
  if (initial !== undefined) notes.push(` (default: ${initial})`);
  const option = new Option(flagOf(name, setting), notes.join(""));
  if (setting.argument === undefined) return option;
  return option.argParser((text: string, before: readonly string[] = []): readonly string[] => {
    const texts = setting.isRepeatable ? [...before, text] : [text];
    setting.parse(texts); // So that commander's own error names the flag.
    return texts;
  });
}

/** Reads what somebody wrote for a switch outside the flags. */
export function parseSwitch(text = ""): boolean {
  const word = text.toLowerCase();
  if (["true", "1", "yes", "on"].includes(word)) return true;
  if (["false", "0", "no", "off"].includes(word)) return false;
  throw new InvalidArgumentError("It must be true or false.");
}
