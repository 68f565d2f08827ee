import { type Client, MIN_PEERS } from "../../engine/client.ts";
import { PeersField } from "../fields/peers-field.tsx";
import { RateField } from "../fields/rate-field.tsx";
import { useSignalValue } from "../signal-value.ts";
import { texts } from "../texts/texts.ts";
import { Section } from "./section.tsx";

/** How fast everything together may go, each way, and to how many peers. */
export function LimitsSection({ client }: { readonly client: Client }) {
  const { mostUp, mostDown, maxPeers } = useSignalValue(client.settings);
  const words = client.daemon === undefined ? texts.settings : texts.daemon;
  const most = client.mostPeers.ofAll;
  return (
    <Section id="limits" title={texts.settings.limits}>
      <p id="limits-note" class="hint">
        {words.limitsNote}
      </p>
      <RateField
        id="most-up"
        label={texts.fields.mostUp}
        noteId="limits-note"
        value={mostUp}
        onChange={(mostUp) => client.changeSettings({ mostUp })}
      />
      <RateField
        id="most-down"
        label={texts.fields.mostDown}
        noteId="limits-note"
        value={mostDown}
        onChange={(mostDown) => client.changeSettings({ mostDown })}
      />
      <PeersField
        id="most-peers"
        label={texts.fields.mostPeers}
        noteId="most-peers-note"
        most={most}
        value={maxPeers}
        onChange={(maxPeers) => client.changeSettings({ maxPeers })}
      />
      <p id="most-peers-note" class="hint">
        {words.mostPeersNote(MIN_PEERS, most)}
      </p>
    </Section>
  );
}
