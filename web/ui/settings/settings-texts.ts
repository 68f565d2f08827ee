/** The words of the settings, in plain English. */

export const SETTINGS = "Settings";
export const DONE = "Done";

export const DEVICE = "This device";
export const DEVICE_NAME = "Name of this device";
export const DEVICE_NOTE =
  "Everybody who shares or downloads the same files as you sees it, so that they know who got them. Leave it empty, and they see only what kind of browser this is, such as “Chrome on Android”. Private torrents show neither.";
