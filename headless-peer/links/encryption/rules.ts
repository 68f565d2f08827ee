import type { Dial, DialAsTold } from "#shared/driver/ports.ts";
import { dialEachWay } from "./dial-each-way.ts";
import { encryptedDial } from "./encrypted-dial.ts";
import { METHODS, type Method } from "./handshake.ts";

/**
 * `allow`: dials without encryption, and with it whoever hangs up on that; answers in the way it is called. A peer that others say
 * prefers encryption is dialled with it first. `prefer`: dials everybody so. `require`: no link without RC4.
 */
export type Encryption = (typeof ENCRYPTIONS)[number];
export const ENCRYPTIONS = ["allow", "prefer", "require"] as const;

/**
 * How bytes may go after a handshake, the best first. Once the handshake is over, plain bytes cost nothing, and RC4 hides little
 * from whoever watches the link.
 */
const METHODS_OF: Record<Encryption, readonly Method[]> = {
  allow: [METHODS.plain, METHODS.rc4],
  prefer: [METHODS.rc4, METHODS.plain],
  require: [METHODS.rc4],
};

/** Dials as the rule says. */
export function dialWith(encryption: Encryption, plain: Dial): DialAsTold {
  const encrypted = encryptedDial(plain, METHODS_OF[encryption]);
  switch (encryption) {
    case "allow": {
      const [plainFirst, encryptedFirst] = [dialEachWay([plain, encrypted]), dialEachWay([encrypted, plain])];
      return (address, events, prefersEncryption) =>
        (prefersEncryption ? encryptedFirst : plainFirst)(address, events);
    }
    case "prefer":
      return dialEachWay([encrypted, plain]);
    case "require":
      return encrypted;
  }
}

/** What whoever was dialled takes of an offer: bits of `METHODS`. Undefined: nothing. */
export function chosenOf(encryption: Encryption, offered: number): Method | undefined {
  return METHODS_OF[encryption].find((method) => (offered & method) !== 0);
}
