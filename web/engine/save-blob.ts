/** The browser needs a download's URL while it asks the person for a place and while it writes the file. */
const URL_LIFE_MILLIS = 10 * 60_000;

/** Saves it as a browser download. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), URL_LIFE_MILLIS);
}
