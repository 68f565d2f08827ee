import { ProtocolError, UsageError } from "#shared/base/errors.ts";
import { printable } from "#shared/base/printable.ts";
import { withoutShareKeys } from "#shared/base/share-key.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { toned } from "./show/colour.ts";

/** Whether the person can do something about an error: its message then says what. Any other error is a bug. */
export function isExplained(error: unknown): error is UsageError | ProtocolError | StorageError {
  return error instanceof UsageError || error instanceof ProtocolError || error instanceof StorageError;
}

/** A command failed for a reason that the person can do something about. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly #asJson: boolean;

  constructor(sentence: string, asJson: boolean) {
    super(withoutShareKeys(sentence));
    this.#asJson = asJson;
  }

  /** Prints it for a person, or as JSON for a program. */
  report(): void {
    if (this.#asJson) console.log(JSON.stringify({ type: "error", message: this.message }));
    else console.error(`${toned("tabswarm:", "bad", process.stderr)} ${printable(this.message)}`);
  }
}
