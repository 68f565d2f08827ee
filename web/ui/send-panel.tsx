import type { Client, PickedFile } from "../engine/client.ts";
import { EncryptSwitch } from "./encrypt-switch.tsx";
import { Icon, Swarm } from "./icons.tsx";
import { PickControl } from "./pick-control.tsx";
import { pageTexts } from "./texts/page-texts.ts";

interface SendPanelProps {
  readonly client: Client;
  readonly onPick: (files: Promise<readonly PickedFile[]>) => void;
  readonly onText: () => void;
}

/** The two file inputs, the way to send text, and whether all that is encrypted. People can also drop and paste anywhere on the page. */
export function SendPanel({ client, onPick, onText }: SendPanelProps) {
  return (
    <section class="send" aria-labelledby="headline">
      <Swarm />
      <h1 id="headline" tabIndex={-1}>
        {pageTexts.headline.map((line, at) => (
          <span key={at}>{line} </span>
        ))}
      </h1>
      <p class="introduction">{pageTexts.introduction}</p>
      <div class="row">
        <PickControl label={pageTexts.chooseFiles} icon="file" kind="files" class="strong" onPick={onPick} />
        <PickControl label={pageTexts.chooseFolder} icon="folder" kind="folder" onPick={onPick} />
        <button type="button" class="button" onClick={onText}>
          <Icon name="text" />
          {pageTexts.sendText}
        </button>
      </div>
      <EncryptSwitch client={client} />
    </section>
  );
}
