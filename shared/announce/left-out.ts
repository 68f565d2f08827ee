/** Called with a few words for each thing left out of an otherwise good message. */
export type LeftOut = (what: string) => void;
