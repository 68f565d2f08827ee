import type { Nearby } from "../../engine/client.ts";
import { useSignalValue } from "../signal-value.ts";
import { OfferDialog } from "./offer-dialog.tsx";

/** Asks about the first offer that waits. It stands outside the views: whichever is open, the person must see what they are asked. */
export function NearbyOffer({ nearby }: { readonly nearby: Nearby }) {
  const [offer] = useSignalValue(nearby.view).offers;
  return offer === undefined ? null : (
    <OfferDialog
      key={offer.key}
      offer={offer}
      onAnswer={(isAccepted) => nearby.answer(offer.key, isAccepted)}
    />
  );
}
