import { MAX_DOWNLOADS } from "../../engine/client.ts";
import { readDownloads, readMoment, writtenDownloads, writtenMoment } from "../fields/read-stop.ts";
import type { StopFieldsProps } from "../fields/stop-fields.tsx";
import { ValueField } from "../fields/value-field.tsx";
import { texts } from "../texts/texts.ts";

/** When sharing ends that the settings have no choice for. */
export function EndFields({ id, noteId, value, onChange }: StopFieldsProps) {
  return (
    <>
      <ValueField
        {...{
          noteId,
          read: readDownloads,
          written: writtenDownloads,
          unclear: texts.options.downloadsUnclear(MAX_DOWNLOADS),
        }}
        id={`${id}-downloads`}
        label={texts.options.afterDownloads}
        value={value.downloads}
        onChange={(downloads) => onChange({ downloads })}
      />
      <ValueField
        {...{ noteId, read: readMoment, written: writtenMoment, unclear: texts.options.momentUnclear }}
        id={`${id}-at`}
        isMoment
        label={texts.options.atMoment}
        value={value.at}
        onChange={(at) => onChange({ at })}
      />
    </>
  );
}
