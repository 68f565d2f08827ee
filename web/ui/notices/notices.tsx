import { useEffect, useRef } from "preact/hooks";
import type { Notice } from "../../engine/client.ts";
import { Icon } from "../icons.tsx";
import { ours } from "../texts/engine-words.ts";
import { pageTexts } from "../texts/page-texts.ts";

interface NoticesProps {
  readonly notices: readonly Notice[];
  readonly onDismiss: (notice: Notice) => void;
}

/** The effect of code that loads later. Without it the message only stays in its place until somebody dismisses it. */
function whileShown(begun: Promise<() => void>): () => void {
  begun.catch(() => {});
  return () => void begun.then((end) => end()).catch(() => {});
}

/** Errors and news. Both lists exist from the start, as live regions must. */
export function Notices({ notices, onDismiss }: NoticesProps) {
  const box = useRef<HTMLDivElement>(null);
  const isEmpty = notices.length === 0;
  useEffect(() => {
    const here = box.current;
    if (isEmpty || here === null) return;
    return whileShown(import("./keep-off.ts").then(({ keepOff }) => keepOff(here, ".receive")));
  }, [isEmpty]);
  const list = (kind: Notice["kind"]) =>
    notices
      .filter((notice) => notice.kind === kind)
      .map((notice) => <NoticeCard key={notice.id} notice={notice} onDismiss={onDismiss} />);
  return (
    <div ref={box} class="notices">
      <div role="alert">{list("error")}</div>
      <div role="status">{list("info")}</div>
    </div>
  );
}

interface NoticeCardProps {
  readonly notice: Notice;
  readonly onDismiss: (notice: Notice) => void;
}

function NoticeCard({ notice, onDismiss }: NoticeCardProps) {
  const card = useRef<HTMLDivElement>(null);
  const dismiss = (): void => onDismiss(notice);
  useEffect(() => {
    const here = card.current;
    if (here === null) return;
    return whileShown(import("./leaving.ts").then(({ leaveLater }) => leaveLater(here, notice, dismiss)));
  }, []);
  return (
    <div ref={card} class="notice">
      <Icon name={notice.kind === "error" ? "warning" : "check"} />
      <p {...ours(notice.text)} />
      <button type="button" class="button quiet" aria-label={pageTexts.dismiss} onClick={dismiss}>
        <Icon name="close" />
      </button>
    </div>
  );
}
