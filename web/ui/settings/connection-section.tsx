import { useRef, useState } from "preact/hooks";
import { type Client, MAX_OWN_ICE_SERVERS, type OwnIceServer } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";
import { IceServerFields } from "./ice-server-fields.tsx";
import { Section } from "./section.tsx";

/** STUN and TURN servers of the person's own. New links use those that work. */
export function ConnectionSection({ client }: { readonly client: Client }) {
  // The place of each stays its own while the dialog is open, though one before it is emptied.
  const servers = useRef<(OwnIceServer | undefined)[]>([...client.settings.value.iceServers]);
  const [count, setCount] = useState(Math.max(1, servers.current.length));
  const keep = (at: number, server: OwnIceServer | undefined): void => {
    servers.current[at] = server;
    client.changeSettings({ iceServers: servers.current.flatMap((one) => one ?? []) });
  };
  return (
    <Section id="connection" title={texts.settings.connection}>
      <p id="ice-note" class="hint">
        {texts.settings.iceNote}
      </p>
      {Array.from({ length: count }, (_, at) => (
        <IceServerFields
          key={at}
          at={at}
          server={servers.current[at]}
          onChange={(server) => keep(at, server)}
        />
      ))}
      {count < MAX_OWN_ICE_SERVERS && (
        <button type="button" class="button" onClick={() => setCount(count + 1)}>
          {texts.settings.iceMore}
        </button>
      )}
    </Section>
  );
}
