import { pageTexts } from "./texts/page-texts.ts";

/** What a newcomer should know before sending the first link. */
export function Promises() {
  return (
    <ul class="promises">
      {pageTexts.promises.map(({ title, text }, at) => (
        <li key={at}>
          <h2>{title}</h2>
          <p>{text}</p>
        </li>
      ))}
    </ul>
  );
}
