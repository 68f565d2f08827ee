import type { PickedFile } from "../engine/client.ts";
import { Swarm } from "./icons.tsx";
import { PickControl } from "./pick-control.tsx";
import { HEADLINE, INTRODUCTION } from "./texts.ts";

interface SendPanelProps {
  readonly onPick: (files: Promise<readonly PickedFile[]>) => void;
}

/** The two file inputs. People can also drop files anywhere on the page. */
export function SendPanel({ onPick }: SendPanelProps) {
  return (
    <section class="send" aria-labelledby="headline">
      <Swarm />
      <h1 id="headline" tabIndex={-1}>
        {HEADLINE.map((line) => (
          <span key={line}>{line} </span>
        ))}
      </h1>
      <p class="introduction">{INTRODUCTION}</p>
      <div class="row">
        <PickControl label="Choose files" icon="file" kind="files" class="strong" onPick={onPick} />
        <PickControl label="Choose a folder" icon="folder" kind="folder" onPick={onPick} />
      </div>
    </section>
  );
}
