import { useState } from "preact/hooks";
import type { Catalog } from "../../engine/client.ts";
import { Icon } from "../icons.tsx";
import { DescriptionField } from "./description-field.tsx";
import { Problem, typed } from "./parts.tsx";
import { UPLOAD_HINT } from "./texts.ts";

/** Publishes a `.torrent` that the person has as a file. */
export function UploadForm({ catalog }: { readonly catalog: Catalog }) {
  const [problem, setProblem] = useState<string | undefined>();
  const [done, setDone] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const file = new FormData(form).get("torrent");
    if (!(file instanceof File)) return;
    setBusy(true);
    const told = await catalog.publishFile(file, typed(form, "description"));
    setBusy(false);
    setProblem(told.ok ? undefined : told.problem);
    setDone(told.ok ? `${told.value.name} is in the catalog.` : "");
    if (told.ok) form.reset();
  };
  return (
    <details class="panel">
      <summary>Publish a .torrent</summary>
      <form onSubmit={submit}>
        <p class="hint">{UPLOAD_HINT}</p>
        <label class="labelled">
          <span>The .torrent file</span>
          <input type="file" name="torrent" accept=".torrent,application/x-bittorrent" required />
        </label>
        <DescriptionField />
        {problem !== undefined && <Problem text={problem} />}
        <div class="row">
          <button type="submit" class="button strong" disabled={isBusy}>
            <Icon name="upload" />
            Publish
          </button>
          <span class="hint" role="status">
            {done}
          </span>
        </div>
      </form>
    </details>
  );
}
