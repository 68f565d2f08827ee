import { putArrival } from "./inbox.ts";

/** Where the manifest's share target sends its form. */
const ACTION = "/share";
/** The page shows what has arrived. */
const SHOWS_IT = "/#/shared";
const SAYS_WHY_NOT = "/#/shared/lost";

/** Takes what another app shares with this page. Undefined: the request is something else. */
export function answerShare(request: Request): Promise<Response> | undefined {
  const { origin, pathname } = new URL(request.url);
  const isShare = request.method === "POST" && request.mode === "navigate" && pathname === ACTION;
  return isShare && origin === location.origin ? takeIn(request) : undefined;
}

/** A redirect, so that a reload does not send the form again. */
async function takeIn(request: Request): Promise<Response> {
  try {
    const form = await request.formData();
    const files = form.getAll("files").filter(isChosen);
    const words = ["title", "text", "url"].map((name) => form.get(name));
    const texts = words.filter((word) => typeof word === "string").map((word) => word.trim());
    const text = [...new Set(texts)].filter((word) => word !== "").join("\n");
    if (files.length > 0 || text !== "") await putArrival(files, text, Date.now());
    return Response.redirect(SHOWS_IT, 303);
  } catch {
    return Response.redirect(SAYS_WHY_NOT, 303); // The form is no form, or there is no room for it.
  }
}

/** A form without files sends one without a name. */
function isChosen(value: FormDataEntryValue): value is File {
  return value instanceof File && (value.name !== "" || value.size > 0);
}
