/** A rule of a protocol or a file format that something from outside broke. The code is for programs, the message for people. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: string;

  constructor(code: string, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** Ends a `switch` over a union: does not compile while a variant is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
