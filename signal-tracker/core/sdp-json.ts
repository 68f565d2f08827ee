/**
 * A session description as it travels: a JSON string in UTF-8, with its quotes, checked but never decoded. It is a view of
 * the message that brought it.
 */
export type SdpJson = Uint8Array & { readonly sdpJson: unique symbol };
