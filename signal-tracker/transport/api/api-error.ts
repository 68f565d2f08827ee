import type { FastifyError } from "fastify";
import type { ApiError } from "#shared/announce/tracker-api.ts";
import { AccountRefusal, type RefusalCode } from "../../accounts/refusal.ts";
import { StoreUnavailable } from "../../core/record-store.ts";

/** A request that is refused. The answer has this status, and the code and sentence as an `ApiError`. */
export class ApiRefusal extends Error {
  override readonly name = "ApiRefusal";
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  /** `message` is a sentence that says what to do. */
  constructor(status: number, code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const ACCOUNT_STATUS: Record<RefusalCode, number> = {
  accountBanned: 403,
  adminCodeWrong: 403,
  keyNotEnough: 403,
  keyNotValid: 401,
  lastAdministrator: 409,
  malformedName: 400,
  malformedPassword: 400,
  nameTaken: 409,
  noSuchAccount: 404,
  noSuchKey: 404,
  notAllowed: 403,
  notLoggedIn: 401,
  registrationClosed: 403,
  tooBusy: 503,
  tooManyKeys: 409,
  tooOften: 429,
  wrongNameOrPassword: 401,
  wrongPassword: 403,
};

/** What to answer when a route has thrown. */
export function refusalOf(error: unknown): ApiRefusal {
  if (error instanceof ApiRefusal) return error;
  if (error instanceof AccountRefusal) {
    const { code, message, retryAfterSeconds } = error;
    return new ApiRefusal(ACCOUNT_STATUS[code], code, message, retryAfterSeconds);
  }
  if (error instanceof StoreUnavailable) {
    return new ApiRefusal(
      503,
      "storeUnavailable",
      "The tracker's database is unavailable. Try again in a minute.",
      10,
    );
  }
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500 && error instanceof Error) {
    return new ApiRefusal(status, "malformedRequest", tooLongText(error) ?? error.message);
  }
  return new ApiRefusal(
    500,
    "bug",
    "The tracker met an error. It has been logged; please tell its operator.",
  );
}

/** In words, for people too: commands show them what was too long. Undefined: that is not what is wrong. */
function tooLongText(error: Error): string | undefined {
  const { validation } = error as Partial<FastifyError>;
  const { keyword, instancePath = "", params } = validation?.[0] ?? {};
  if (keyword !== "maxLength") return undefined;
  return `"${instancePath.slice(1)}" is too long: at most ${params?.["limit"]} characters.`;
}

/** The body of the answer. */
export const errorBody = ({ code, message }: ApiRefusal): ApiError => ({ error: { code, message } });
