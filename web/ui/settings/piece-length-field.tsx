import { type Client, PIECE_LENGTHS } from "../../engine/client.ts";
import { formatPieceLength } from "../format.ts";
import { useSignalValue } from "../signal-value.ts";
import { texts } from "../texts/texts.ts";

/** How long the pieces are of what the person shares from now on. */
export function PieceLengthField({ client }: { readonly client: Client }) {
  const { pieceLength } = useSignalValue(client.settings);
  return (
    <>
      <label for="piece-length">{texts.settings.pieceLength}</label>
      <select
        id="piece-length"
        aria-describedby="piece-length-note"
        value={pieceLength ?? ""}
        onChange={({ currentTarget: { value } }) =>
          client.changeSettings({ pieceLength: value === "" ? undefined : Number(value) })
        }
      >
        <option value="">{texts.settings.pieceLengthAuto}</option>
        {PIECE_LENGTHS.map((bytes) => (
          <option key={bytes} value={bytes}>
            {formatPieceLength(bytes)}
          </option>
        ))}
      </select>
      <p id="piece-length-note" class="hint">
        {texts.settings.pieceLengthNote}
      </p>
    </>
  );
}
