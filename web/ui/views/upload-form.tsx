import { useState } from "preact/hooks";
import type { Catalog } from "../../engine/client.ts";
import { Icon } from "../icons.tsx";
import { isolate } from "../isolate.ts";
import { texts } from "../texts/texts.ts";
import { DescriptionField } from "./description-field.tsx";
import { Problem, typed } from "./parts.tsx";

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
    setDone(told.ok ? texts.catalog.isPublished(isolate(told.value.name)) : "");
    if (told.ok) form.reset();
  };
  return (
    <details class="panel">
      <summary>{texts.catalog.publishFile}</summary>
      <form onSubmit={submit}>
        <p class="hint">{texts.catalog.publishFileNote}</p>
        <label class="labelled">
          <span>{texts.catalog.torrentFile}</span>
          <input type="file" name="torrent" accept=".torrent,application/x-bittorrent" required />
        </label>
        <DescriptionField />
        {problem !== undefined && <Problem text={problem} />}
        <div class="row">
          <button type="submit" class="button strong" disabled={isBusy}>
            <Icon name="upload" />
            {texts.catalog.publish}
          </button>
          <span class="hint" role="status">
            {done}
          </span>
        </div>
      </form>
    </details>
  );
}
