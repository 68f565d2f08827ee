/** What a person reads of a bug of ours. */
export const BUG_SENTENCE =
  "Something went wrong in this page, and it is not your fault. Reload it; if that does not help, report what the browser's console says.";
