import { type Client, type Controls, type EntryKey, MIN_PEERS } from "../../engine/client.ts";
import { PeersField } from "../fields/peers-field.tsx";
import { RateField } from "../fields/rate-field.tsx";
import { texts } from "../texts/texts.ts";
import { EndLink } from "./end-link.tsx";
import { StopSection } from "./stop-section.tsx";

interface OptionsProps {
  readonly client: Client;
  readonly entryKey: EntryKey;
  readonly controls: Controls;
  /** They are the person's own files. */
  readonly isOwn: boolean;
  /** Their link has not ended yet. */
  readonly canEnd: boolean;
  /** Unique on the page: the ids of the fields begin with it. */
  readonly id: string;
}

/** What a person can choose for one torrent. Every change counts at once. */
export function Options({ client, entryKey, controls, isOwn, canEnd, id }: OptionsProps) {
  const change = (part: Partial<Controls>): void => client.changeControls(entryKey, part);
  const most = client.mostPeers.ofOne;
  return (
    <div class="options">
      <section aria-labelledby={`${id}-speed`}>
        <h4 id={`${id}-speed`}>{texts.options.speed}</h4>
        <p id={`${id}-speed-note`} class="hint">
          {texts.options.speedNote}
        </p>
        <RateField
          id={`${id}-most-up`}
          label={texts.fields.mostUp}
          noteId={`${id}-speed-note`}
          value={controls.mostUp}
          onChange={(mostUp) => change({ mostUp })}
        />
        <RateField
          id={`${id}-most-down`}
          label={texts.fields.mostDown}
          noteId={`${id}-speed-note`}
          value={controls.mostDown}
          onChange={(mostDown) => change({ mostDown })}
        />
      </section>
      <section aria-labelledby={`${id}-peers`}>
        <h4 id={`${id}-peers`}>{texts.options.peers}</h4>
        <p id={`${id}-peers-note`} class="hint">
          {texts.options.peersNote(MIN_PEERS, most)}
        </p>
        <PeersField
          id={`${id}-most-peers`}
          label={texts.fields.mostPeers}
          noteId={`${id}-peers-note`}
          most={most}
          value={controls.maxPeers}
          onChange={(maxPeers) => change({ maxPeers })}
        />
      </section>
      {!isOwn && (
        <section aria-labelledby={`${id}-order`}>
          <h4 id={`${id}-order`}>{texts.options.order}</h4>
          <p id={`${id}-order-note`} class="hint">
            {texts.options.orderNote}
          </p>
          <label class="check">
            <input
              type="checkbox"
              checked={controls.inOrder}
              aria-describedby={`${id}-order-note`}
              onChange={({ currentTarget }) => change({ inOrder: currentTarget.checked })}
            />
            {texts.options.inOrder}
          </label>
        </section>
      )}
      <StopSection
        id={`${id}-stop`}
        endsLink={isOwn && client.daemon === undefined}
        hasUsual={!isOwn && client.daemon === undefined}
        value={controls.stopAt}
        onChange={(stopAt) => change({ stopAt })}
      />
      {canEnd && <EndLink id={`${id}-end`} onEnd={() => client.endLink(entryKey)} />}
    </div>
  );
}
