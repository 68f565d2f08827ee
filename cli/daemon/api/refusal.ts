import { ProtocolError, UsageError } from "#shared/base/errors.ts";
import { StorageError } from "#shared/driver/ports.ts";

/** A request that is refused. The answer has this status, and `{error: {code, message}}`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly code: string;

  /** `message` is a sentence that says what to do. */
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What to answer when a route has thrown. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof UsageError && error.code === "noSuchTorrent")
    return new Refusal(404, error.code, error.message);
  if (error instanceof UsageError || error instanceof ProtocolError)
    return new Refusal(400, error.code, error.message);
  if (error instanceof StorageError) return new Refusal(409, "storage", error.message);
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500 && error instanceof Error)
    return new Refusal(status, "malformedRequest", error.message.replace(/[^.]$/, "$&."));
  return new Refusal(500, "bug", "The daemon met an error, and has logged it.");
}
