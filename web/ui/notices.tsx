import type { Notice } from "../engine/client.ts";
import { Icon } from "./icons.tsx";

interface NoticesProps {
  readonly notices: readonly Notice[];
  readonly onDismiss: (notice: Notice) => void;
}

/** Errors and news. Both lists exist from the start, as live regions must. */
export function Notices({ notices, onDismiss }: NoticesProps) {
  const list = (kind: Notice["kind"]) =>
    notices
      .filter((notice) => notice.kind === kind)
      .map((notice) => (
        <div key={notice.id} class="notice">
          <Icon name={kind === "error" ? "warning" : "check"} />
          <p>{notice.text}</p>
          <button type="button" class="button quiet" aria-label="Dismiss" onClick={() => onDismiss(notice)}>
            <Icon name="close" />
          </button>
        </div>
      ));
  return (
    <div class="notices">
      <div role="alert">{list("error")}</div>
      <div role="status">{list("info")}</div>
    </div>
  );
}
