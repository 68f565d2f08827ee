/** A file that browsers and players play, by its name. */
export interface MediaType {
  readonly kind: "video" | "audio";
  /** Its MIME type. */
  readonly type: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ mp4: "video/mp4", m4v: "video/mp4", mov: "video/quicktime", webm: "video/webm" },
  ...{ mkv: "video/x-matroska", ogv: "video/ogg", avi: "video/x-msvideo", ts: "video/mp2t" },
  ...{ mp3: "audio/mpeg", m4a: "audio/mp4", aac: "audio/aac", flac: "audio/flac", wav: "audio/wav" },
  ...{ ogg: "audio/ogg", oga: "audio/ogg", opus: "audio/ogg", weba: "audio/webm" },
};

/**
 * What a file is that can be played. Undefined: none of these. A stranger chose the name, so the type says no more than which of these
 * to try: none of them is a document, and a player that finds something else in the file plays nothing.
 */
export function mediaTypeOf(name: string): MediaType | undefined {
  const extension = /\.([0-9a-z]{2,4})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  const type = Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined;
  if (type === undefined) return undefined;
  return { kind: type.startsWith("video/") ? "video" : "audio", type };
}
