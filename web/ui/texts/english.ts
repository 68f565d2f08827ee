import type { englishPage } from "./english-page.ts";
import { type Forms, number, plural as pluralOf } from "./intl.ts";

/** `#` stands for the number. */
const plural = (count: number, forms: Forms<"one" | "other">): string => pluralOf(count, forms);

const people = (count: number): string => plural(count, { one: "# person", other: "# people" });

/**
 * The words of the page, by its parts, in plain English. Each wait and each error names the next step. Sizes, speeds, times and names come
 * as they are to be shown.
 */
export const english = {
  buttons: { cancel: "Cancel", close: "Close" },

  counts: {
    files: (count: number) => plural(count, { one: "# file", other: "# files" }),
    pieces: (count: number) => plural(count, { one: "# piece", other: "# pieces" }),
    peers: (count: number) => plural(count, { one: "# peer", other: "# peers" }),
    trackers: (count: number) => plural(count, { one: "# tracker", other: "# trackers" }),
    seeders: (count: number) => plural(count, { one: "# seeder", other: "# seeders" }),
    leechers: (count: number) => plural(count, { one: "# leecher", other: "# leechers" }),
  },

  time: {
    seconds: (count: number) => `${number(count)} s`,
    minutes: (count: number) => `${number(count)} min`,
    hours: (count: number) => `${number(count)} h`,
    wholeHours: (count: number) => plural(count, { one: "# hour", other: "# hours" }),
    days: (count: number) => plural(count, { one: "# day", other: "# days" }),
    moreThanDays: (count: number) => plural(count, { one: "more than # day", other: "more than # days" }),
    justNow: "just now",
    inLessThanAMinute: "in less than a minute",
    onDay: (day: string) => `on ${day}`,
  },

  device: {
    somebody: "Somebody",
    on: (program: string, system: string) => `${program} on ${system}`,
    nearby: (name: string) => `${name}, somewhere nearby`,
  },

  card: {
    states: {
      hashing: "Preparing",
      metadata: "Looking it up",
      checking: "Checking",
      downloading: "Downloading",
      seeding: "Sharing",
      complete: "Complete",
      "needs-file": "Needs your file",
      paused: "Paused",
      waiting: "Ready to start",
      error: "Stopped",
    },

    encryptedShare: "Encrypted share",
    lock: {
      open: "Encrypted: only people with the link can read it",
      closed: "Encrypted, and its key is missing",
    },
    sizeUnknown: "Size not known yet",
    ofTotal: (done: string, total: string) => `${done} of ${total}`,
    timeLeft: (time: string) => `${time} left`,
    sent: (size: string) => `${size} sent`,

    hashing: "Reading the file to make its link. Nothing is copied or sent yet.",
    checking: "Checking the parts you already have, so that none is downloaded twice.",
    paused: "Nothing is sent or received until you resume.",
    pausedShare: "Nothing is sent. The link works again when you resume.",
    stopped: "Stopped. Resume to try again.",
    needsPermission:
      "After a reload, the browser needs your permission again before this page can read your file. Until then the link does not work.",
    needsFile:
      "You shared this file straight from your device, and the browser cannot reopen it on its own. Select it again; the link stays the same.",
    needsFiles:
      "You shared these files straight from your device, and the browser cannot reopen them on its own. Select them again; the link stays the same.",

    nobodyOnline:
      "Nobody with this file is online. Keep this page open: the download starts when somebody comes online.",
    looking: "Looking for people who have this file…",
    noTracker:
      "The link names no tracker that a browser can reach, so this page cannot find anybody. Use a link with a wss:// tracker.",
    afterLogin: "It goes on as soon as you have logged in.",
    readyToSend: "Ready. Now send somebody the share link.",
    complete: "Every piece is checked. Save it to keep it outside this browser.",
    saved:
      "Saved. While this page is open, others can get it from you; remove it here when you no longer want that.",

    connecting: (count: number) =>
      plural(count, { one: "# person has it. Connecting…", other: "# people have it. Connecting…" }),
    askingForFiles: (count: number) => `Connected to ${people(count)}. Asking for the list of files…`,
    downloading: (senders: number) =>
      plural(senders, { one: "Downloading from # person.", other: "Downloading from # people at once." }),
    passingOn: (receivers: number) => `You are already passing parts on to ${people(receivers)}.`,
    waitingForParts: (count: number) =>
      `Connected to ${people(count)}, waiting for the missing parts. Keep this page open.`,
    sending: (receivers: number) => `Sending to ${people(receivers)}.`,
    connectedIdle: (count: number) => `${people(count)} connected, but nobody needs a part right now.`,
    delivered: (others: number) =>
      plural(others, {
        one: "Sent: # person has the whole file.",
        other: "Sent: # people have the whole file.",
      }),

    /** Why a download waits for the person to start it. */
    waits: {
      large: "This is large, so it starts when you say so. Keep an eye on the free space of this device.",
      metered: "Your connection may cost money for each byte, so it starts when you say so.",
      asked: "It starts when you say so, as you chose in the settings.",
    },
    /** Why others get nothing from here for now. */
    rests: {
      metered:
        "Your connection may cost money for each byte, so others get nothing from here until you are on another one, or press Resume.",
      battery:
        "The battery is low, so others get nothing from here until this device is charging, or you press Resume.",
    },
    completeAndRests: "Every piece is checked, and you can save it.",
    savedAndRests: "Saved.",

    /** Why a download is no longer shared. */
    sharedEnough: {
      ratio:
        "No longer shared: it has sent its size as many times as you chose. Resume to share it on, without that limit.",
      time: "No longer shared: its time is up, as you chose. Resume to share it on, without that limit.",
      downloads:
        "No longer shared: as many people as you chose have everything. Resume to share it on, without that limit.",
      moment:
        "No longer shared: the time that you chose has come. Resume to share it on, without that limit.",
      person: "No longer shared: you ended it. Resume to share it on, without that limit.",
    },
    /** Why the link of the person's own files has ended. */
    linkEnded: {
      ratio: "This link has ended: it has sent its size as many times as you chose.",
      time: "This link has ended: its time is up, as you chose.",
      downloads: "This link has ended: as many people as you chose have everything.",
      moment: "This link has ended: the time that you chose has come.",
      person: "This link has ended: you ended it.",
    },
    othersMayGoOn: "Whoever already has the pieces can go on giving them.",
    /** What brings an ended link back: as it was, or without the limit that ended it. */
    bringsBack: {
      resume: "Resume brings it back.",
      permission: "Continue sharing brings it back.",
      files: "Selecting the same files again brings it back.",
    },
    bringsBackUnlimited: {
      resume: "Resume brings it back, without that limit.",
      permission: "Continue sharing brings it back, without that limit.",
      files: "Selecting the same files again brings it back, without that limit.",
    },

    linkOnlyHere: "The link works only while this page is open: nobody else has the whole file yet.",
    linkOnlyHereNow: (left: number) =>
      `The link works only while this page is open: nobody else who has the whole file is online (${number(left)} had it and left).`,
    linkWithoutPage: (others: number) =>
      plural(others, {
        one: "# other person has the whole file, so the link works without this page while they are online.",
        other: "# others have the whole file, so the link works without this page while they are online.",
      }),
    moreLeft: (left: number) => `${number(left)} more had it and left.`,

    trackerSays: (message: string) => `The tracker says: ${message}`,
    nextTry: (time: string) => `Next try in ${time}.`,
    pauseAndResume: "Pause and resume to try again.",

    start: (size: string) => `Start (${size})`,
    continueSharing: "Continue sharing",
    selectFile: "Select the file again",
    selectFolder: "Select the folder again",
    selectFiles: "Select the files again",
    save: "Save",
    saveAll: "Save all",
    saveToFolder: "Save to folder",
    saving: (share: string) => `Saving, ${share}`,
    pause: "Pause",
    resume: "Resume",
    remove: "Remove",
    details: "Details",
    more: "More",
    less: "Less",
    select: (title: string) => `Select ${title}`,
    expand: (title: string) => `Show more of ${title}`,
  },

  links: {
    shareLink: "Share link",
    copyLink: "Copy link",
    magnetLink: "Magnet link",
    copyMagnet: "Copy magnet",
    magnetWithoutKey:
      "The magnet link and the .torrent file have no key: with them alone, people can pass this share on, but not read it. To let people read it, send the share link.",
    infoHash: "Info-hash",
    copyInfoHash: "Copy info-hash",
    share: "Share…",
    sharedTitle: (title: string) => `${title}, shared with Tabswarm`,
    exportTorrent: "Export .torrent file",
    qrCode: "QR code",
    qrTooLong: "The link is too long for a QR code.",
    copied: "Copied",
    copiedOf: (label: string) => `${label} copied`,
    copyByHand: "The browser did not allow it. It is selected: press Ctrl+C or ⌘C.",
  },

  receivers: {
    title: "Who gets it",
    hasEverything: "Has everything",
    /** All or some of those who got everything have left, and nobody knows which. */
    gotEverything: "Got everything",
    andMore: (count: number) => `and ${number(count)} more`,
    /** More than are listed: some of them got it before the page was reloaded. */
    gotItInAll: (count: number) => `${people(count)} got everything so far.`,
  },

  /** Why nothing moves, and the one button that helps. */
  trouble: {
    tryNow: "Try now",
    addTurn: "Add a TURN server",
    openElsewhere: "Open in a desktop program",
    storageFull:
      "The browser's storage is full. Free space on this device or remove other downloads here, then press Resume.",
    slowedDown:
      "The browser hardly lets a tab in the background work, so this waited. Keep the tab in view until it is done.",
    localNetwork:
      "The browser does not let this page reach devices on your network, where the others may be. Click the icon beside the page's address and allow it; then this goes on by itself.",
    localTracker: (host: string) =>
      `The browser does not let this page reach devices on your network, such as the tracker ${host}. Click the icon beside the page's address and allow it; then this goes on by itself.`,
    clockFast: (time: string, host: string) =>
      `The clock of this device is ${time} fast, so the browser trusts no secure connection, such as the one to the tracker ${host}. Set the clock, then try again.`,
    clockSlow: (time: string, host: string) =>
      `The clock of this device is ${time} slow, so the browser trusts no secure connection, such as the one to the tracker ${host}. Set the clock, then try again.`,
    piecesMissing: (peers: number) =>
      `Connected to ${people(peers)}, but what is missing here is missing there, too. Keep this page open: it goes on when somebody comes who has it.`,
    wantedOnDesktops: (count: number) =>
      `${people(count)} wanted it when the tracker last counted, but with desktop programs, which cannot reach a browser. Share it with tabswarm seed on a computer to reach them.`,
    onDesktops: (count: number) =>
      plural(count, {
        one: "# person has it, but only in desktop programs, which a browser cannot reach. Such a program on your computer can.",
        other:
          "# people have it, but only in desktop programs, which a browser cannot reach. Such a program on your computer can.",
      }),
    nobodyAnswers: (count: number) =>
      plural(count, {
        one: "# person has it, but nobody answers: their tabs may be asleep, or they use desktop programs, which a browser cannot reach.",
        other:
          "# people have it, but nobody answers: their tabs may be asleep, or they use desktop programs, which a browser cannot reach.",
      }),
    noRouteFromThem: (tried: string) =>
      `Somebody wanted it, but no route led from this browser to theirs (${tried}).`,
    noRoute: (count: number, tried: string) =>
      `${plural(count, {
        one: "# person has it, but no route leads from this browser to theirs",
        other: "# people have it, but no route leads from this browser to any of theirs",
      })} (${tried}).`,
    noneHere: "this one offered none",
    noneThere: "the other side offered none",
    tried: (kinds: string) => `tried: ${kinds}`,
    routes: { host: "direct addresses", srflx: "addresses that routers give", relay: "a TURN server" },
    freeWebRtc:
      "A setting, an extension or a VPN may keep WebRTC from the network: turn that off, or use a TURN server.",
    firewall: "A firewall may be in the way: try another network, or turn a VPN off.",
    sameWifi: "Try the same Wi-Fi, turn a VPN off, or use a TURN server, which passes everything on.",

    offline: "This device is not connected to any network. This goes on by itself once it is.",
    namedTracker: (host: string) =>
      `Nobody with this file is online here, and ${host}, which the link names, does not answer: it may be down, or the browser does not trust its certificate. Keep this page open: the download starts when somebody is found.`,
    /** `said`: the tracker's host, and what it or the browser says in its own words. */
    refused: (said: string) => `The tracker refused this file (${said}).`,
    unreachable: (said: string) =>
      `This page cannot reach the tracker, which introduces people to each other (${said}).`,
    tryingAgain: "Trying again…",
    nobodyNew: "Until then the link brings nobody new.",
  },

  /** For screen readers. */
  spoken: {
    unnamed: "A download",
    linkReady: (title: string) => `The link for ${title} is ready.`,
    begins: (title: string, size: string) => `Downloading ${title}, ${size}.`,
    progress: (title: string, share: string) => `${title}: ${share}.`,
    progressLeft: (title: string, share: string, time: string) => `${title}: ${share}, ${time} left.`,
    complete: (title: string) => `${title} is complete.`,
    saved: (title: string) => `${title} is saved.`,
    stopped: (title: string) => `${title} stopped.`,
    trouble: (title: string, sentence: string) => `${title}: ${sentence}`,
    troubleOfSeveral: (title: string, others: number, sentence: string) =>
      `${title} and ${plural(others, { one: "# other", other: "# others" })}: ${sentence}`,
    more: (count: number) =>
      plural(count, {
        one: "And # other change in the list.",
        other: "And # other changes in the list.",
      }),
  },

  remove: {
    question: (title: string) => `Remove “${title}”?`,
    own: "Your own file stays where it is. You only stop sharing it.",
    ownSeveral: "Your own files stay where they are. You only stop sharing them.",
    nothing: "Nothing of it is stored yet. Its link adds it again.",
    saved: "What you saved stays where you saved it.",
    unsaved:
      "You have not saved it yet: with the data, your copy is gone. To keep the file, cancel and save it first.",
    wholeData: (size: string) =>
      `This browser has stored ${size} of it. Keep the data if you may want it again: add the link again, and it is all there.`,
    someData: (size: string) =>
      `This browser has stored ${size} of it. Keep the data if you may want to continue later: add the link again, and the download resumes.`,
    /** Another tab has the same download, so its data stays whatever happens here. */
    shared: (size: string) =>
      `It is also open in another tab, which keeps the ${size} that this browser has stored of it and goes on with it.`,
    /** Another tab has it with data of its own. */
    elsewhere: "It is also open in another tab, which goes on with it.",
    receivers: (count: number) =>
      plural(count, {
        one: "# person is downloading it from you right now.",
        other: "# people are downloading it from you right now.",
      }),
    linkOfOtherTab: "The link keeps working while the other tab is open.",
    linkOfOthers: "Others have the whole file, so the link keeps working while they are online.",
    linkEnds: "The link will stop working: nobody else has the whole file.",
    removeAndDelete: "Remove and delete data",
    removeAndKeep: "Remove, keep data",
    removeIt: "Remove it",
  },

  list: {
    filters: {
      all: "All",
      downloading: "Downloading",
      sharing: "Sharing",
      complete: "Complete downloads",
      paused: "Paused",
      attention: "Waiting for you",
    },
    orders: {
      newest: "Newest first",
      name: "By name",
      size: "Largest first",
      progress: "Most complete first",
      speed: "Fastest first",
    },
    search: "Search your files",
    filter: "Show",
    order: "Order",
    rows: "Compact list",
    pauseAll: "Pause all",
    resumeAll: "Resume all",
    clearFinished: "Clear finished",
    selectNone: "Select none",
    nothingMatches: "Nothing in your list matches.",
    showAll: "Show everything",
    elsewhere: "Elsewhere in this browser",
    elsewhereHint: "Open one here, too, and both tabs use what this browser has already stored of it.",
    inAnotherTab: "in another tab",
    openHere: "Open here too",
    selected: (count: number) => plural(count, { one: "# torrent selected", other: "# torrents selected" }),

    removeSeveral: (count: number) =>
      plural(count, { one: "Remove # torrent?", other: "Remove # torrents?" }),
    clearSeveral: (count: number) =>
      plural(count, { one: "Clear # finished download?", other: "Clear # finished downloads?" }),
    clearing:
      "What you saved stays where it is. This browser deletes its own copy, and nobody can download it from you any more.",
    removingOwn:
      "Your own files stay where they are. You only stop sharing them, so their links may stop working.",
    removingData: (size: string) =>
      `This browser deletes the ${size} that it has stored of the downloads. Files that you saved stay where they are.`,
    keptElsewhere: "What is also open in another tab stays there, with what is stored of it.",
    removeThem: "Remove them",
    clearThem: "Clear them",
  },

  details: {
    title: "Details",
    overview: "Overview",
    unknown: "not known yet",
    piecesHeld: "Pieces held",
    heldOf: (held: number, all: number) => `${number(held)} of ${number(all)}`,
    pieceLength: "Piece length",
    received: "Received",
    sent: "Sent",
    sentTimes: (size: string, ratio: string) => `${size} (${ratio}×)`,
    sharedFor: "Shared for",
    underAMinute: "under a minute",
    failedPieces: "Failed pieces",
    bannedPeers: "Banned peers",
    infoHash: "Info-hash",
    routesTried: "Routes tried in vain",
    routes: (here: string, there: string) => `here: ${here}; there: ${there}`,
    noRoutes: "none",
    failedNote:
      "Pieces that fail their check are discarded and downloaded again. Peers that send bad data are disconnected.",
    privateNote: "Private: only its own trackers introduce people to each other.",
  },

  peers: {
    nobody: "Nobody is connected right now.",
    columns: {
      peer: "Peer",
      link: "Link",
      has: "Has",
      down: "Down",
      up: "Up",
      pieces: "Pieces",
      failed: "Failed",
      score: "Score",
    },
    note: "Pieces: good ones that this peer sent at least a part of. Failed: those that did not pass their check. Score: the useful share of what it did, from 0 to 100; a new peer starts at 50, a failed piece counts as much as eight good ones, and a part that never came as two.",
    desktop: "desktop",
    browser: "browser",
    nearby: "nearby",
    introduced: "introduced by a peer",
  },

  trackers: {
    title: "Trackers",
    none: "It names none.",
    own: "This page's own.",
    tier: (tier: number) => `Tier ${number(tier)}.`,
    unreachableHere: "This page cannot ask it, but links name it for other programs.",
    tooMany: "Not asked: the torrent has too many.",
    stopped: "Not asked while the torrent is stopped.",
    notAsked: "Not asked yet.",
    connecting: "Connecting…",
    working: (seeders: number, leechers: number) =>
      `Working. ${people(seeders)} with everything, ${people(leechers)} still downloading, including you.`,
    says: (message: string) => `It says: ${message}.`,
    nextRequest: (time: string) => `Next request in ${time}.`,
    refused: "Refused.",
    refusedBecause: (message: string) => `Refused: ${message}.`,
    standby: "Standing by.",
    standbyBecause: (message: string) => `Standing by: ${message}.`,
    unreachable: "Cannot be reached.",
    unreachableBecause: (message: string) => `Cannot be reached: ${message}.`,
    takeOut: "Take out",
    takeOutOf: (url: string) => `Take out ${url}`,
    another: "Address of another tracker",
    anotherNote:
      "Such as wss://tracker.example.org/announce. It is asked at once, also after a reload, and the links name it.",
    add: "Add",
    added: "It is asked from now on, and the links name it.",
    private:
      "This torrent is private: only the trackers that it names may know of it, so none can be added or taken out.",
  },

  webSeeds: {
    title: "Web seeds",
    note: "Web servers that have the files. They send what no peer sends.",
    waiting: "Nothing is wanted of it now.",
    fetching: (rate: string) => `Sends ${rate}.`,
    sent: (size: string) => `${size} so far.`,
    problem: (reason: string) => `In trouble: ${reason}.`,
    banned: "It is not asked again.",
  },

  pieces: {
    title: "Pieces",
    unknown: "How many pieces it has is not known yet.",
    legend: {
      held: "Here",
      begun: "Being fetched",
      common: "Missing",
      rare: "Missing, one peer has it",
      nowhere: "Missing, no peer here has it",
      unwanted: "Not wanted",
    },
    held: (held: number, all: number) =>
      `${number(held)} of ${plural(all, { one: "# piece", other: "# pieces" })} here.`,
    begun: (count: number) => `${number(count)} being fetched.`,
    missing: (count: number) => `${number(count)} missing.`,
    rare: (count: number) => `Only one connected peer has ${number(count)} of the missing ones.`,
    nowhere: (count: number) => `No connected peer has ${number(count)} of them.`,
    unwanted: (count: number) => `${number(count)} not wanted.`,
  },

  speed: {
    title: "Speed",
    none: "Nothing has moved in the last 15 minutes. As soon as something does, its speed is drawn here.",
    down: "Down",
    up: "Up",
    last: (time: string, down: string, up: string) => `The last ${time}. Down: ${down}. Up: ${up}.`,
    nothing: "nothing",
    figures: (now: string, highest: string, average: string) =>
      `${now} now, ${highest} at most, ${average} on average`,
    at: (time: string) => `at ${time}`,
  },

  options: {
    title: "Options",
    speed: "Speed limits",
    speedNote:
      "For this torrent alone, such as 500 kB/s or 2 MB/s, on top of the limits in the settings. Empty: no limit of its own.",
    stop: "Stop sharing",
    stopNote:
      "When it has reached one of these, it is paused, and its card says so. You can resume it at any time.",
    stopNoteOwn:
      "When it has reached one of these, this page stops sending, and the card says so. Whoever already has the pieces can go on giving them. You can resume it at any time.",
    stopChoices: "When to stop",
    stopNames: {
      settings: "As the settings say",
      never: "Never by itself",
      limits: "At limits of its own",
    },
    afterDownloads: "Stop after so many people have everything",
    downloadsUnclear: (most: number) =>
      `Type a number from 1 to ${number(most)}, or leave it empty. The limit is still what it was.`,
    atMoment: "Stop at this time",
    momentUnclear:
      "Choose a time from now on and within a year, or leave it empty. The limit is still what it was.",
    link: "Share link",
    endLink: "End this link",
    endQuestion: "End this link?",
    endText:
      "This page stops sending. Whoever already has the pieces can go on giving them. Resume brings the link back.",
    endIt: "End it",
    peers: "Peers",
    peersNote: (least: number, most: number) =>
      `For this torrent alone, from ${number(least)} to ${number(most)}, and never more than the settings allow. Empty: no limit of its own.`,
    order: "Order",
    orderNote:
      "The beginning is here sooner, for previews. It costs the others something: rare pieces spread more slowly, so if the only one who has everything leaves early, the end may be missing. While there is only one such person, they may choose the order themselves.",
    inOrder: "Fetch pieces in order, not the rarest first",
  },

  /** Boxes to fill in, in the settings and in the details. */
  fields: {
    mostUp: "Send at most",
    mostDown: "Receive at most",
    rateUnclear:
      "Type a speed from 5 kB/s to 10 GB/s, such as 500 kB/s, or leave it empty. With less, others would give up waiting. The limit is still what it was.",
    mostPeers: "Peers at most",
    peersUnclear: (least: number, most: number) =>
      `Type a number from ${number(least)} to ${number(most)}, or leave it empty. With fewer, hardly anybody can find you. The limit is still what it was.`,
    afterRatio: "Stop after sending its size so many times",
    ratioUnclear:
      "Type a number from 0.1 to 1000, such as 2 for twice its size, or leave it empty. The limit is still what it was.",
    afterTime: "Stop after sharing for",
    /** What people may type for them, in small letters. The page itself writes the first. */
    units: {
      minutes: ["min", "m", "minute", "minutes"],
      hours: ["h", "hour", "hours"],
      days: ["d", "day", "days"],
    },
    timeUnclear:
      "Type a time from 1 min to 365 days, such as 90 min, 3 h or 2 days, or leave it empty. The limit is still what it was.",
  },

  log: {
    title: "Log",
    none: "Nothing has happened since this page was opened.",
    newestFirst: "Newest first. Only the latest 200 events are kept, for as long as this page is open.",
    phases: {
      metadata: "Looking for the list of files.",
      checking: "Checking what is already here.",
      downloading: "Downloading.",
      seeding: "Everything is here. Sharing it with others.",
      paused: "Paused.",
      error: "Stopped.",
    },
    added: "Added.",
    removed: "Removed.",
    solved: "The problem is solved.",
    filesArrived: "The list of files arrived.",
    filesUnusable: (reason: string) => `The list of files that peers sent cannot be used: ${reason}`,
    pieceArrived: (piece: number) => `Piece ${number(piece)} arrived.`,
    pieceFailed: (piece: number) => `Piece ${number(piece)} failed its check and is downloaded again.`,
    fileComplete: "A file is complete.",
    complete: "Complete: every piece is checked.",
    sharingStopped: {
      ratio: "Stopped sharing: it has sent as much as you chose.",
      time: "Stopped sharing: it was shared for as long as you chose.",
      downloads: "Stopped sharing: as many people as you chose have everything.",
    },
    bannedForFiles: "A peer sent a false list of files and was banned.",
    bannedForPiece: (piece: number) => `A peer sent bad data for piece ${number(piece)} and was banned.`,
    webSeedFailed: (host: string, reason: string) => `The web seed ${host} failed: ${reason}`,
    webSeedBanned: (host: string, piece: number) =>
      `The web seed ${host} sent bad data for piece ${number(piece)} and is not asked again.`,
    dialling: "Connecting to a peer.",
    connected: (peer: string, link: string) => `Connected to ${peer} (${link}).`,
    disconnected: (peer: string, reason: string) => `Disconnected from ${peer}: ${reason}`,
    notConnected: (reason: string) => `A connection did not come about: ${reason}`,
    unchoked: "A peer sends to us from now on.",
    choked: "A peer no longer sends to us.",
    ignored: (what: string) => `Part of what a peer said was ignored: ${what}`,
    answered: (tracker: string, seeders: number, leechers: number) =>
      `${tracker} answered: ${people(seeders)} with everything, ${people(leechers)} still downloading.`,
    says: (warning: string) => `It says: ${warning}`,
    refused: (tracker: string, reason: string) => `${tracker} refused: ${reason}`,
    lost: (tracker: string, reason: string) => `${tracker} cannot be reached: ${reason}`,
    /** Why a connection ended or did not come about. Follows a colon. */
    reasons: {
      offerExpired: "nobody answered our offer in time",
      negotiationFailed: "the two browsers could not agree on how to connect",
      noRoute: "there is no route between the two",
      theyLeft: "they left",
      neverOpened: "it did not open in time",
      notIntroduced: "the peer that was to introduce us could not",
      noRoom: "there was no room for another connection",
      madeRoom: "another peer needed the room",
      unknownTorrent: "it wanted another torrent",
      ourselves: "it led back to ourselves",
      twin: "there is another connection to the same peer",
      banned: "it sent bad data",
      brokeTheRules: "it broke the rules of the protocol",
      tooManyMessages: "it sent too many messages",
      readsNothing: "it did not read what we sent",
      silent: "it was silent for too long",
      nothingToShare: "both sides have everything",
      notFromTracker: "the torrent is private, and its tracker did not name this peer",
      pieceLost: "we can no longer read a piece, and start over with what we have",
      stopped: "the torrent was stopped",
    },
  },

  files: {
    notKnown: "The list of files is not here yet.",
    noneChosen: "Choose at least one file. Until then, what you chose before counts.",
    chosen: (chosen: number, total: number, size: string) =>
      `${number(chosen)} of ${number(total)} chosen, ${size}`,
    all: "All",
    none: "None",
    first: "First",
    firstOf: (name: string) => `Download ${name} first`,
    save: "Save",
    saveOf: (name: string) => `Save ${name}`,
    preview: "Preview",
    previewOf: (name: string) => `Preview ${name}`,
    play: "Play",
    playOf: (name: string) => `Play ${name}`,
    /** Why a video or audio file is not played. */
    noPlay: {
      unknown: "The page cannot play files of this kind. Save the file and open it.",
      "no-https":
        "Over plain http, the browser plays a file only once it is complete. Wait until it is, or open this page over https.",
      "no-worker":
        "The page has just been opened for the first time, and plays files that are not complete once it has been reloaded.",
      "not-chosen": "This file is not being downloaded. Choose it first.",
      "not-readable": "The file could not be read. Close this and try again.",
      broken: "The browser cannot play this file. Save it and open it with another program.",
    },
    shareOf: (share: string, size: string) => `${share} of ${size}`,
    andMore: (count: number) => `… and ${number(count)} more.`,
    showMore: "Show more",
    linksLeftOut: (count: number) =>
      plural(count, { one: "# symbolic link left out.", other: "# symbolic links left out." }),
    previous: "Previous",
    next: "Next",
    saveThis: "Save this file",
    reading: "Reading the file…",
    notReadable: "The file could not be read. Close this and try again.",
    textCut: "These are the first 64 KiB. Save the file to read all of it.",
    /** Why there is no preview. */
    noPreview: {
      unknown: "This is neither a picture nor text that the page can show. Save the file and open it.",
      "too-large": "The picture is larger than 16 MiB. Save the file and open it.",
      "too-many-pixels":
        "The picture has so many pixels that showing it could crash this tab. Save the file and open it elsewhere.",
      broken: "The browser cannot show this picture. Save the file and open it.",
      pdf: "The page does not show PDFs, because they can contain scripts. Save the file and open it.",
    },
    tooManyPicked: (most: number) =>
      plural(most, {
        one: "That is more than # file. Share a smaller folder, or pack it into one file first.",
        other: "That is more than # files. Share a smaller folder, or pack it into one file first.",
      }),
  },

  text: {
    title: "Send text or a link",
    label: "Your text",
    hint: "Whoever opens the link that you get reads it in their page and can copy it. It works like a shared file: as long as this page is open.",
    share: "Share it",
    empty: "Write or paste something first.",
    tooLong: (over: string, most: string) =>
      `This is ${over} longer than a text may be, ${most}. Put it into a file and share the file.`,
    shown: "Text",
    copy: "Copy text",
    openHost: (host: string) => `Open ${host}`,
  },

  /** The end of a download, outside the page. */
  tab: {
    complete: (name: string) => `${name} is complete`,
    severalComplete: (count: number) =>
      plural(count, { one: "# download is complete", other: "# downloads are complete" }),
    next: "Click to go to the page and save what you want to keep.",
    tellMe: "Notify me when downloads are complete",
    notAllowed:
      "The browser does not let this page notify you. Allow notifications in its settings for this site, then tick the box again.",
  },

  /** The page as an app of the device. */
  app: {
    updateReady: "A new version of this page is ready.",
    updateWaits: "A new version of this page is ready. You can update as soon as nothing moves here.",
    update: "Update",
    httpsAdds: "Over https, this page could also be installed, open offline, and take files from other apps.",
    openQuestion: "Open this?",
    shareQuestion: (files: number) => plural(files, { one: "Share # file?", other: "Share # files?" }),
    shareAndOpenQuestion: (files: number) =>
      plural(files, { one: "Share # file and open the rest?", other: "Share # files and open the rest?" }),
    filesCame:
      "Another app has handed this over. Nobody gets it before you agree; then you have a link to send, which works while this page is open.",
    linkCame: "Another app has handed this over. It opens here as a download.",
    openIt: "Open it",
    shareAndOpen: "Share and open",
    shareThem: (files: number) => plural(files, { one: "Share # file", other: "Share # files" }),
    andMore: (count: number) => `and ${number(count)} more`,
    together: (size: string) => `${size} together`,
    leftOut: (count: number) =>
      plural(count, {
        one: "One more file was left out: the page takes 1,000 at once. Choose them in the page itself.",
        other: "# more files were left out: the page takes 1,000 at once. Choose them in the page itself.",
      }),
    nothingCame: "Nothing to share",
    nothingCameText: "What was shared with this page has been answered already, or it was empty.",
    lost: "The browser could not keep what you shared with this page. Share it once more; if that fails, too, free space on this device first.",
  },

  nearby: {
    title: "Nearby",
    switch: "Show this device to people nearby",
    about:
      "People whose pages are open on the same network, and who have switched this on, too, see each other and send files with one tap. Nobody else sees you.",
    youAre: (name: string) => `They see you as “${name}”.`,
    setName: "Change the name",
    nobody:
      "Nobody else is here yet. Open this page on another device in the same network and switch this on there, or use a room.",
    connecting: "Connecting…",
    connectingAgain: "The connection to the tracker was lost. Trying again…",
    inAnotherTab: "Another tab of this browser shows you now. Come back to this one to be seen here.",
    notEncrypted:
      "What you send here is not encrypted with a key in a link: the tracker passes the offer on, with the name.",
    inRoom: "in your room",
    everybody: "Everybody here",
    notLoaded: "This part of the page did not load. Check your connection and try again.",
    sendFiles: "Send files",
    sendFilesTo: (name: string) => `Send files to ${name}`,
    sendText: "Send text",
    sendTextTo: (name: string) => `Send text to ${name}`,
    sending: {
      preparing: (name: string) => `Preparing ${name}…`,
      asked: (name: string) => `Asked about ${name}. Waiting for an answer.`,
      accepted: (name: string) => `Accepted ${name}. Your card shows how far it is.`,
      declined: (name: string) => `Declined ${name}.`,
    },
    failed: {
      gone: "They have left. Wait until they are back, then send it again.",
      busy: "They have too many questions to answer. Try again later.",
      tooOften: "You have sent too much at once. Wait a minute, then send it again.",
      unread: "It could not be shared. A message on this page says why.",
    },
    refused: {
      noNetwork: "The tracker cannot tell which network you are on. Open a room instead, and send its code.",
      full: "There are 64 people already, and no room for more. The page tries again by itself.",
      wrongCode:
        "No room has this code. Codes work for an hour, and while somebody is in the room: ask for a new one.",
      tooMany: "The tracker has no room for more of you now. The page tries again by itself.",
      tooOften: "Too many wrong codes were tried from your network. The page tries again by itself.",
      login: "Only people with an account can see who is nearby here. Log in first.",
    },
    room: "On another network?",
    roomAbout: "Open a room and send its code, or type the code that somebody gave you.",
    openRoom: "Open a room",
    code: "Room code",
    join: "Join",
    noCode: "A code has eight letters and digits, such as ABCD-1234.",
    linkWrong: "The link to the room is not whole. Copy it once more, or type the code.",
    yourRoom: "Your room",
    leave: "Leave the room",
    roomLink: "Link to the room",
    copyRoomLink: "Copy room link",
    opensFor: (minutes: number) =>
      plural(minutes, {
        one: "Whoever has the code can come in for # more minute.",
        other: "Whoever has the code can come in for # more minutes.",
      }),
    closed: "The code lets nobody in any more. Whoever is in stays.",
    offer: "Somebody nearby has something for you",
    something: "something",
    wants: (from: string, what: string, size: string) => `${from} wants to send you ${what} (${size}).`,
    wantsSeveral: (from: string, what: string, files: number, size: string) =>
      `${from} wants to send you ${what} (${plural(files, { one: "# file", other: "# files" })}, ${size}).`,
    offerNote: "It comes straight from their device. Accept only what you expect.",
    accept: "Accept",
    decline: "Decline",
  },

  settings: {
    title: "Settings",
    done: "Done",
    device: "This device",
    deviceName: "Name of this device",
    deviceNote:
      "Everybody who shares or downloads the same files as you sees it, so that they know who got them. Leave it empty, and they see only what kind of browser this is, such as “Chrome on Android”. Private torrents show neither.",
    downloads: "Downloads",
    asksFirst: "Ask me before a download starts",
    savesWhenComplete: "Save each download as soon as it is complete",
    sharing: "Sharing",
    sharingNote:
      "What you have downloaded is shared until you pause or remove it, or until one of these is reached. What you share yourself goes on. Empty: no limit. A torrent's Options may say otherwise.",
    sharesAlways: "Share also on metered connections and on a low battery",
    restNote:
      "Otherwise sharing pauses there by itself, if the browser tells the page of them, and goes on by itself afterwards. Downloads that are not complete go on.",
    pieceLength: "Piece length",
    pieceLengthAuto: "Automatic, by size",
    pieceLengthNote:
      "Of what you share from now on. Shorter pieces spread sooner among many people; longer ones suit very large files. The same files with another length have another link.",
    limits: "Limits",
    limitsNote:
      "For all torrents of a tab together, such as 500 kB/s or 2 MB/s; a number alone is in kB/s. Empty: no limit.",
    mostPeersNote: (least: number, most: number) =>
      `Of all torrents of a tab together, from ${number(least)} to ${number(most)}. Fewer spare a weak device or router; more find pieces faster. Empty: ${number(most)}.`,
    connection: "STUN and TURN servers of your own",
    iceNote:
      "They help to connect through strict routers, besides what the tracker offers. New connections use them at once. This browser keeps the passwords, readable to whoever uses it.",
    iceMore: "Add another server",
    iceFields: {
      url: "Address of the server",
      username: "User name",
      password: "Password",
    },
    iceFieldsOf: {
      url: (at: number) => `Address of server ${number(at)}`,
      username: (at: number) => `User name of server ${number(at)}`,
      password: (at: number) => `Password of server ${number(at)}`,
    },
    iceProblems: {
      url: "Type an address such as stun:stun.example.org or turn:turn.example.org:3478, or leave it empty. Connections still use what they used before.",
      password:
        "A TURN server needs a user name and a password. Type both; until then connections use what they used before.",
    },
    looks: "Looks",
    language: "Language",
    languageAuto: "As the browser",
    languageFailed: "This language did not load. Check your connection, then choose it again.",
    theme: "Theme",
    themes: { auto: "As on this device", light: "Light", dark: "Dark" },
    textSize: "Text size",
    textSizes: { 100: "As in this browser", 115: "Larger", 130: "Largest" },
  },

  storage: {
    title: "Storage",
    note: "This browser stores downloads until you delete them, here or with the torrent. What you share yourself stays where it is.",
    counting: "Counting…",
    none: "This browser lets the page store nothing.",
    nothingStored: "No download is stored.",
    downloads: (count: number, size: string) =>
      `${plural(count, { one: "# download takes", other: "# downloads take" })} ${size}.`,
    all: (size: string) => `With the page itself, the browser counts ${size}.`,
    allOfMost: (size: string, most: string) =>
      `With the page itself, the browser counts ${size} of the ${most} that it allows.`,
    elsewhere: (size: string) => `${size}, in the list of another tab or of one that you have closed.`,
    /** Follows a name. */
    listed: {
      part: (size: string) => `${size}, not complete.`,
      unsaved: (size: string) => `${size}, complete, not saved.`,
      saved: (size: string) => `${size}, complete and saved.`,
    },
    removed: {
      part: (size: string) => `${size}, not complete, no longer in your list.`,
      unsaved: (size: string) => `${size}, complete, not saved, no longer in your list.`,
      saved: (size: string) => `${size}, complete and saved, no longer in your list.`,
    },
    free: "Delete",
    freeOf: (name: string) => `Delete what is stored of ${name}`,
    freeRemoved: (count: number, size: string) =>
      `Delete all ${number(count)} that are no longer in your list (${size})`,
    more: (count: number) => `Show ${number(count)} more`,
    deletesListed: (size: string) => `This takes it out of your list and deletes ${size}.`,
    deletes: (size: string) => `This deletes ${size}.`,
    savedStays: "What you saved stays where you saved it.",
    startsAnew: "Its link starts the download anew.",
    saveFirst: "You have not saved it: to keep the file, cancel and save it first.",
    openFirst: "You have not saved it: to keep the file, cancel and open its link once more.",
    listStays: "Your list stays as it is, and so does what you saved. Their links start the downloads anew.",
    unsaved: (count: number) =>
      plural(count, { one: "# is complete and not saved.", other: "# are complete and not saved." }),
    freeIt: "Delete it",
    freeThem: "Delete them",
    freed: (size: string) => `${size} are free again.`,
  },

  /** Where a daemon has the torrents, on its own machine. */
  daemon: {
    headline: ["It goes on", "without this page."],
    introduction:
      "This page shows and controls a Tabswarm daemon. What you add here, the daemon downloads and shares on its own machine, also after you close the page.",
    chooseTorrents: "Choose .torrent files",
    path: "Share from the daemon's machine",
    pathKinds: "Path of a file or folder there",
    pathHint: "Such as /home/me/Holiday. The files stay where they are.",
    share: "Share",
    lost: "The daemon does not answer. This page tries again by itself, and goes on once it does.",
    tokenTitle: "This daemon needs its token",
    tokenText:
      "Open the address that tabswarm daemon --page printed at its start, or type the token here. It is in the file api-token in the daemon's state folder.",
    tokenWrong: "The daemon does not know this token. It may have been started anew with another one.",
    token: "Token",
    tokenUnclear: "A token has only letters, digits, - and _. Copy all of it.",
    open: "Open",

    noTracker:
      "It names no tracker. The daemon finds others only on its own network, or through the DHT if that is on.",
    readyToSend: "Ready. Now send somebody the link.",
    waitingForParts: (count: number) => `Connected to ${people(count)}, waiting for the missing parts.`,
    complete: (folder: string) =>
      `Every piece is checked. The files are on the daemon's machine, in ${folder}.`,
    linkOnlyHere: "The link works only while the daemon runs: nobody else has the whole file yet.",
    linkOnlyHereNow: (left: number) =>
      `The link works only while the daemon runs: nobody else who has the whole file is online (${number(left)} had it and left).`,
    linkWithoutPage: (others: number) =>
      plural(others, {
        one: "# other person has the whole file, so the link works without the daemon while they are online.",
        other: "# others have the whole file, so the link works without the daemon while they are online.",
      }),

    data: (folder: string) =>
      `What the daemon has of it is in ${folder}. Keep the files if you still want them: add the link again, and the daemon goes on with what is there.`,
    severalData:
      "What the daemon has of the downloads is on its disk. Keep the files if you still want them: add the links again, and the daemon goes on with what is there.",
    removeAndDelete: "Remove and delete files",
    removeAndKeep: "Remove, keep files",

    ownTracker: "The daemon's own.",
    noSpeed:
      "Nothing has moved since this page was opened, or for 15 minutes. As soon as something does, its speed is drawn here.",
    limitsNote:
      "For all torrents of the daemon together, such as 500 kB/s or 2 MB/s; a number alone is in kB/s. Empty: no limit.",
    mostPeersNote: (least: number, most: number) =>
      `Of all torrents of the daemon together, from ${number(least)} to ${number(most)}. Fewer spare a weak machine or router; more find pieces faster. Empty: as many as usual.`,
  },

  views: {
    tryAgain: "Try again",
    notFound: "Not found",
    nothingHere: "There is nothing at this address. The link may be incomplete.",
    previous: "Previous",
    next: "Next",
    noPeers: "Nobody is sharing it right now. Download it anyway: it starts when somebody comes online.",
    peer: "Peer",
    progress: "Progress",
    slot: "Upload slot",
    lastSeen: "Last seen",
    browser: "Browser",
    desktop: "Desktop",
    slots: { free: "free", busy: "busy", unknown: "unknown" },
  },

  catalog: {
    title: "Catalog",
    introduction:
      "What people have published at this tracker. The files come from them, not from the tracker.",
    empty: "Nobody has published anything yet. Share a file, then press Show in the catalog on its card.",
    nothingFound: (text: string) => `Nothing matches “${text}”. Try fewer or shorter words.`,
    search: "Search the catalog",
    searchHint: "Search by name, description or file",
    order: "Order",
    orders: { newest: "Newest", seeders: "Most seeded", name: "Name" },
    entries: (count: number) => plural(count, { one: "# entry", other: "# entries" }),
    entriesSoFar: (count: number) => plural(count, { one: "# entry so far", other: "# entries so far" }),
    showMore: "Show more",
    seen: (when: string) => `seen ${when}`,
    published: (when: string) => `published ${when}`,
    publishedBy: (when: string, name: string) => `published ${when} by ${name}`,
    /** Nobody seeds an entry. */
    neverSeeded: "Nobody has seeded this yet.",
    unseededForAMoment: "Nobody has seeded this for a moment.",
    unseededFor: (time: string) => `Nobody has seeded this for ${time}.`,
    unseededSince: (day: string) => `Nobody has seeded this since ${day}.`,
    leaves: (when: string) => `Unless somebody does, it leaves the catalog ${when}.`,
    download: "Download",
    getTorrent: "Get the .torrent",
    withKey:
      "This .torrent will carry a key of yours, so that BitTorrent clients may announce with it. Do not pass it on.",
    whoHasIt: "Who has it",
    files: "List of files",
    andMore: (count: number) => `… and ${number(count)} more.`,
    piecesOf: (count: number, length: string) =>
      `${plural(count, { one: "# piece", other: "# pieces" })} of ${length}`,
    infoHash: (infoHash: string) => `info-hash ${infoHash}`,

    show: "Show in the catalog",
    takeOut: "Take out of the catalog",
    takeOutQuestion: "Take it out of the catalog? The share link keeps working.",
    inCatalog: "In the catalog",
    publishedNote: "people find it there without the link.",
    publishNote:
      "Everybody who opens this tracker's catalog will find it. Keep this page open, or nobody can download it.",
    description: "Description (optional)",
    publish: "Publish",
    publishFile: "Publish a .torrent",
    publishFileNote: "For torrents that you seed elsewhere. The trackers that the file names are left out.",
    torrentFile: "The .torrent file",
    isPublished: (name: string) => `${name} is in the catalog.`,
  },

  tracker: {
    title: "This tracker",
    introduction:
      "Everybody who is sharing or downloading with the help of this tracker. No file passes through it.",
    peers: "Peers",
    swarms: "Swarms",
    announces: "Announces a minute",
    uptime: "Running for",
    noSwarms: "Nothing from the catalog is being shared right now.",
    otherSwarms: (count: number) =>
      plural(count, { one: "… and # more swarm.", other: "… and # more swarms." }),
    hiddenSwarms: (count: number) =>
      plural(count, {
        one: "… and # more swarm, smaller or not in the catalog.",
        other: "… and # more swarms, smaller or not in the catalog.",
      }),
    nodes: "Nodes",
    address: "Address",
    connections: "Connections",
    started: "Started",
    speaksHttps: "This tracker also speaks https.",
    howToTrust: "How your device trusts it",
  },

  account: {
    title: "Account",
    logIn: "Log in",
    logOut: "Log out",
    logInToGoOn: "Log in to go on",
    logInToGoOnText:
      "This tracker introduces only people with an account to each other. Once you have logged in, your files go on by themselves.",
    unknown: (problem: string) =>
      `This page cannot find out who is logged in. ${problem} The page also tries again by itself.`,
    isAdmin: "You are an administrator of this tracker.",
    isMember: "You are logged in.",
    name: "Name",
    password: "Password",
    passwordHint: "At least 8 characters. Nobody can send you a forgotten password.",
    register: "Register",
    registerInstead: "Register instead",
    hasAccount: "I have an account",
    registrationClosed: "Registration is closed. Ask whoever runs this tracker for an account.",
    runsTracker: "I run this tracker",
    code: "Code from its terminal",
    codeHint: "Only if you run this tracker: its terminal shows a code for the first administrator.",
    becomeAdmin: "Become an administrator",
    currentPassword: "Current password",
    newPassword: "New password",
    changePassword: "Change password",
    passwordChanged: "Your password is changed. Every other browser is logged out.",
    deleteTitle: "Delete this account",
    deleteText:
      "This deletes your account, your keys and everything you have published. Your files stay on your device.",
    yourPassword: "Your password",
    deleteIt: "Delete my account",
  },

  keys: {
    title: "Keys",
    introduction:
      "A key lets a BitTorrent client or tabswarm seed announce in your name. Give each program a key of its own, so that you can revoke it alone.",
    none: "You have no keys. Make one for each program that should announce in your name.",
    copyNow: "Copy it now: the tracker keeps no copy and will not show it again.",
    key: "Key",
    copyKey: "Copy key",
    announceUrl: (kind: string) => `Announce URL (${kind})`,
    copyUrl: "Copy URL",
    neverUsed: "Never used",
    lastUsed: (when: string) => `Last used ${when}`,
    made: (when: string) => `made ${when}`,
    endless: "does not expire",
    expires: (when: string) => `expires ${when}`,
    replace: "Replace",
    replaceHint: "The old key keeps working for a day, so that you can enter the new one everywhere.",
    revoke: "Revoke",
    revokeQuestion: (name: string) => `Revoke “${name}”? Whatever announces with it stops at once.`,
    newName: "Name of a new key",
    lifetime: "How long it works",
    lifetimes: { forever: "Does not expire", days30: "Expires in 30 days", days365: "Expires in a year" },
    make: "Make a key",
  },

  accounts: {
    title: "Accounts",
    registration: "Registration",
    isOpen: "Open: everybody who reaches this tracker can register.",
    isClosed: "Closed: only people who have an account can log in.",
    open: "Open registration",
    close: "Close registration",
    everybody: "Everybody",
    you: "You",
    admin: "administrator",
    banned: (when: string) => `banned ${when}`,
    registered: (when: string) => `registered ${when}`,
    ban: "Ban",
    liftBan: "Lift ban",
    makeAdmin: "Make administrator",
    takeAdmin: "Not an administrator",
    remove: "Remove",
    removeQuestion: (name: string) =>
      `Remove the account “${name}” with its keys and everything it has published? Nobody can undo this.`,
  },
};

/** What a language has to say: the same as English, in its own words. */
export type Texts = typeof english & {
  readonly page: typeof englishPage;
  /** What the engine and the tracker say in English, and what that means. `{}` stands for words that are filled in, in the same order. */
  readonly engine: ReadonlyMap<string, string>;
};
