import { useEffect, useState } from "preact/hooks";
import type { InfoHash } from "#shared/base/ids.ts";
import type { Catalog, Client, EntryKey } from "../../engine/client.ts";
import { Icon } from "../icons.tsx";
import { useSignalValue } from "../signal-value.ts";
import { styled } from "../styled.ts";
import { texts } from "../texts/texts.ts";
import { DescriptionField } from "./description-field.tsx";
import { useDesk } from "./desk.ts";
import { Problem, typed } from "./parts.tsx";

interface PublishProps {
  readonly client: Client;
  readonly entryKey: EntryKey;
  readonly infoHash: InfoHash;
}

/** A card's part about the catalog: shows whether the torrent is in it, puts it there and takes it out. */
export function Publish({ client, ...entry }: PublishProps) {
  const desk = useDesk(client);
  const { state } = useSignalValue(client.account);
  const hasCatalog = useSignalValue(client.hasCatalog);
  if (!hasCatalog) return null;
  // A guest can publish nothing, and is asked to log in elsewhere.
  if (desk === undefined || typeof desk === "string" || state === "guest" || state === "unknown") return null;
  return <PublishControl catalog={desk.catalog} {...entry} />;
}

export const loadPublish = () => styled(Publish);

interface PublishControlProps {
  readonly catalog: Catalog;
  readonly entryKey: EntryKey;
  readonly infoHash: InfoHash;
}

function PublishControl({ catalog, entryKey, infoHash }: PublishControlProps) {
  const isPublished = useSignalValue(catalog.published).has(infoHash);
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  // A tracker that keeps nothing on disk forgets its catalog when it ends.
  useEffect(() => {
    if (isPublished) void catalog.details(infoHash);
  }, [catalog, infoHash]);
  const publish = async (description: string): Promise<void> => {
    const told = await catalog.publish(entryKey, description);
    setProblem(told.ok ? undefined : told.problem);
    if (told.ok) setOpen(false);
  };
  const unpublish = async (): Promise<void> => {
    const told = await catalog.unpublish(infoHash);
    setProblem(told.ok ? undefined : told.problem);
  };
  const id = `publish-${entryKey}`;
  return (
    <div class="publish" data-published={isPublished}>
      {isPublished ? (
        <p class="row">
          <Icon name="check" />
          <span class="published">
            <a href={`#/catalog/${infoHash}`}>{texts.catalog.inCatalog}</a>: {texts.catalog.publishedNote}
          </span>
          <button
            type="button"
            class="button quiet"
            aria-describedby={`title-${entryKey}`}
            onClick={unpublish}
          >
            {texts.catalog.takeOut}
          </button>
        </p>
      ) : (
        <button
          type="button"
          class="button quiet"
          aria-expanded={isOpen}
          aria-controls={id}
          aria-describedby={`title-${entryKey}`}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="search" />
          {texts.catalog.show}
        </button>
      )}
      {isOpen && !isPublished && <PublishForm id={id} onPublish={publish} />}
      {problem !== undefined && <Problem text={problem} />}
    </div>
  );
}

interface PublishFormProps {
  readonly id: string;
  readonly onPublish: (description: string) => Promise<void>;
}

function PublishForm({ id, onPublish }: PublishFormProps) {
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await onPublish(typed(event.currentTarget, "description").trim());
    setBusy(false);
  };
  return (
    <form id={id} onSubmit={submit}>
      <p class="hint">{texts.catalog.publishNote}</p>
      <DescriptionField />
      <button type="submit" class="button strong" disabled={isBusy}>
        {texts.catalog.publish}
      </button>
    </form>
  );
}
