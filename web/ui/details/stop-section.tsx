import { useState } from "preact/hooks";
import type { StopAt } from "../../engine/client.ts";
import { Radios } from "../fields/radios.tsx";
import { StopFields } from "../fields/stop-fields.tsx";
import { texts } from "../texts/texts.ts";
import { EndFields } from "./end-fields.tsx";

interface StopSectionProps {
  /** Unique on the page: all ids begin with it. */
  readonly id: string;
  /** They are the person's own files, whose link ends with the sharing. */
  readonly endsLink: boolean;
  /** The settings say something for it. */
  readonly hasUsual: boolean;
  readonly value: StopAt | undefined;
  readonly onChange: (stopAt: StopAt | undefined) => void;
}

type Way = keyof typeof texts.options.stopNames;

const NEVER: StopAt = { ratio: undefined, minutes: undefined };

/** When one torrent stops sharing. */
export function StopSection({ id, endsLink, hasUsual, value, onChange }: StopSectionProps) {
  const [wantsLimits, setWantsLimits] = useState(false);
  const hasLimits = value !== undefined && Object.values(value).some((limit) => limit !== undefined);
  const unlimited: Way = value === undefined && hasUsual ? "settings" : "never";
  const way = hasLimits || wantsLimits ? "limits" : unlimited;
  const choose = (one: Way): void => {
    setWantsLimits(one === "limits");
    if (one !== "limits") onChange(one === "settings" ? undefined : NEVER);
  };
  const limits = {
    id,
    noteId: `${id}-note`,
    value: value ?? NEVER,
    onChange: (change: Partial<StopAt>) => onChange({ ...NEVER, ...value, ...change }),
  };
  return (
    <section aria-labelledby={id}>
      <h4 id={id}>{texts.options.stop}</h4>
      <p id={`${id}-note`} class="hint">
        {endsLink ? texts.options.stopNoteOwn : texts.options.stopNote}
      </p>
      <Radios
        name={`${id}-way`}
        legend={texts.options.stopChoices}
        values={hasUsual ? ["settings", "never", "limits"] : ["never", "limits"]}
        names={texts.options.stopNames}
        value={way}
        onChange={choose}
      />
      {way === "limits" && (
        <>
          <StopFields {...limits} />
          <EndFields {...limits} />
        </>
      )}
    </section>
  );
}
