import { TextForm } from "./text-form.tsx";
import { pageTexts } from "./texts/page-texts.ts";

interface ReceiveFormProps {
  /** Resolves with the sentence that says why nothing was added. */
  readonly add: (text: string) => Promise<string | undefined>;
}

/** The box for a link that somebody sent. */
export function ReceiveForm({ add }: ReceiveFormProps) {
  return (
    <TextForm
      id="link"
      label={pageTexts.linkLabel}
      kinds={pageTexts.linkKinds}
      hint={pageTexts.linkHint}
      button={pageTexts.download}
      icon="download"
      add={add}
    />
  );
}
