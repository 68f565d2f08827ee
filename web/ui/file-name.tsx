/** Characters at the end that always show: an extension and what tells one recording from the next. */
const TAIL_CHARACTERS = 14;

const CHARACTERS = new Intl.Segmenter();

/** A name on one line, in its own direction. Without room for all of it the middle gives way, never the end with its extension. */
export function FileName({ name }: { readonly name: string }) {
  const characters = Array.from(CHARACTERS.segment(name), ({ segment }) => segment);
  const at = Math.max(0, characters.length - TAIL_CHARACTERS);
  return (
    <bdi class="file-name" title={name}>
      <span>{characters.slice(0, at).join("")}</span>
      <span>{characters.slice(at).join("")}</span>
    </bdi>
  );
}
