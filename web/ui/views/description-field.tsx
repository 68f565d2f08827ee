import { texts } from "../texts/texts.ts";

/** Trackers take no longer descriptions. */
const MAX_DESCRIPTION_CHARACTERS = 1_000;

/** The box for what a catalog says about an entry. */
export function DescriptionField() {
  return (
    <label class="labelled">
      <span>{texts.catalog.description}</span>
      <textarea name="description" rows={2} maxLength={MAX_DESCRIPTION_CHARACTERS} dir="auto" />
    </label>
  );
}
