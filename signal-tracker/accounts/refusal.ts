/** Words for what accounts refuse; the API answers each with a status of its own. */
export type RefusalCode =
  | "accountBanned"
  | "adminCodeWrong"
  | "keyNotEnough"
  | "keyNotValid"
  | "lastAdministrator"
  | "malformedName"
  | "malformedPassword"
  | "nameTaken"
  | "noSuchAccount"
  | "noSuchKey"
  | "notAllowed"
  | "notLoggedIn"
  | "registrationClosed"
  | "tooBusy"
  | "tooManyKeys"
  | "tooOften"
  | "wrongNameOrPassword"
  | "wrongPassword";

/** Something about accounts, keys or sessions that the tracker does not do. The message is a sentence for the person. */
export class AccountRefusal extends Error {
  override readonly name = "AccountRefusal";
  readonly code: RefusalCode;
  /** When to try again. Undefined: it makes no difference. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: RefusalCode, message: string, retryAfterSeconds?: number) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
