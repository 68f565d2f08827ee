import type { Texts } from "./english.ts";
import { number } from "./intl.ts";

const people = (count: number): string => `${number(count)} người`;
const files = (count: number): string => `${number(count)} tệp`;

/** Tiếng Việt. Nouns have one form for all numbers. */
export const vietnamese: Texts = {
  page: {
    headline: ["Thả một tệp.", "Gửi liên kết."],
    introduction:
      "Ai mở liên kết sẽ tải tệp thẳng từ trang này, và từ tất cả những người đã có một phần của tệp. Không cần tài khoản, không tải lên máy chủ, không giới hạn dung lượng.",
    chooseFiles: "Chọn tệp",
    chooseFolder: "Chọn thư mục",
    sendText: "Gửi văn bản",
    encrypt: "Mã hóa bằng khóa nằm trong liên kết",
    encryptNote:
      "Chỉ ai có trọn liên kết chia sẻ mới đọc được nội dung và biết các tên trong đó. Ai có liên kết thì đọc được mãi mãi, nên hãy chọn kỹ người nhận.",
    cannotEncrypt:
      "Qua http thường, bạn không thể chia sẻ có mã hóa: ai đó trên đường truyền có thể đã sửa trang này. Muốn vậy, hãy mở trang qua https.",

    linkLabel: "Có liên kết? Dán vào đây",
    linkKinds: "Liên kết magnet hoặc info-hash",
    linkHint: "Liên kết chia sẻ của trang Tabswarm nào cũng dùng được.",
    download: "Tải xuống",

    yourFiles: "Tệp của bạn",
    catalog: "Danh mục",
    thisTracker: "Tracker này",
    settings: "Cài đặt",
    dismiss: "Đóng thông báo",

    dropHere: "Thả vào đây",
    reading: "Đang đọc những gì bạn đã chọn…",
    nothingDropped: "Không có tệp nào trong đó. Hãy thả một tệp, một thư mục có tệp, hoặc một liên kết.",
    pickFailed:
      "Trình duyệt không đọc được hết. Hãy kiểm tra xem các tệp còn đó không và bạn có quyền đọc không, rồi thử lại.",
    notLoaded: "Phần này của trang chưa tải được. Hãy kiểm tra kết nối rồi tải lại trang.",

    promises: [
      {
        title: "Giữ trang này mở",
        text: "Tệp đến từ chính trình duyệt của bạn, nên liên kết chỉ dùng được khi trang này đang mở, hoặc khi có người khác đã có đủ tệp đang trực tuyến.",
      },
      {
        title: "Đóng lại rồi quay lại sau",
        text: "Việc tải xuống tiếp tục từ chỗ đã dừng, kể cả sau khi khởi động lại máy. Không phần nào phải tải hai lần.",
      },
      {
        title: "Càng đông càng nhanh",
        text: "Ai đang tải cũng chuyển tiếp các phần đã có cho người khác, và trình duyệt của bạn kiểm tra từng phần trước khi giữ lại.",
      },
    ],
  },

  buttons: { cancel: "Hủy", close: "Đóng" },

  counts: {
    files,
    pieces: (count) => `${number(count)} mảnh`,
    peers: (count) => `${number(count)} máy ngang hàng`,
    trackers: (count) => `${number(count)} tracker`,
    seeders: (count) => `${number(count)} người có đủ`,
    leechers: (count) => `${number(count)} người đang tải`,
  },

  time: {
    seconds: (count) => `${number(count)} giây`,
    minutes: (count) => `${number(count)} phút`,
    hours: (count) => `${number(count)} giờ`,
    wholeHours: (count) => `${number(count)} giờ`,
    days: (count) => `${number(count)} ngày`,
    moreThanDays: (count) => `hơn ${number(count)} ngày`,
    justNow: "vừa xong",
    inLessThanAMinute: "trong chưa đầy một phút nữa",
    onDay: (day) => `vào ${day}`,
  },

  device: {
    somebody: "Ai đó",
    on: (program, system) => `${program} trên ${system}`,
    nearby: (name) => `${name}, ở đâu đó gần đây`,
  },

  card: {
    states: {
      hashing: "Đang chuẩn bị",
      metadata: "Đang tìm thông tin",
      checking: "Đang kiểm tra",
      downloading: "Đang tải xuống",
      seeding: "Đang chia sẻ",
      complete: "Hoàn tất",
      "needs-file": "Cần tệp của bạn",
      paused: "Đã tạm dừng",
      waiting: "Sẵn sàng bắt đầu",
      error: "Đã dừng",
    },

    encryptedShare: "Phần chia sẻ được mã hóa",
    lock: {
      open: "Được mã hóa: chỉ người có liên kết mới đọc được",
      closed: "Được mã hóa, nhưng thiếu khóa",
    },
    sizeUnknown: "Chưa biết dung lượng",
    ofTotal: (done, total) => `${done} trên ${total}`,
    timeLeft: (time) => `còn ${time}`,
    sent: (size) => `đã gửi ${size}`,

    hashing: "Đang đọc tệp để tạo liên kết. Chưa có gì được sao chép hay gửi đi.",
    checking: "Đang kiểm tra những phần bạn đã có, để không phần nào phải tải hai lần.",
    paused: "Không gửi và không nhận gì cho đến khi bạn tiếp tục.",
    pausedShare: "Không gửi gì cả. Liên kết sẽ dùng lại được khi bạn tiếp tục.",
    stopped: "Đã dừng. Bấm Tiếp tục để thử lại.",
    needsPermission:
      "Sau khi tải lại trang, trình duyệt cần bạn cho phép lần nữa thì trang này mới đọc được tệp. Cho đến lúc đó, liên kết chưa dùng được.",
    needsFile:
      "Bạn đã chia sẻ tệp này thẳng từ thiết bị, và trình duyệt không tự mở lại được. Hãy chọn lại tệp; liên kết vẫn như cũ.",
    needsFiles:
      "Bạn đã chia sẻ các tệp này thẳng từ thiết bị, và trình duyệt không tự mở lại được. Hãy chọn lại các tệp; liên kết vẫn như cũ.",

    nobodyOnline:
      "Không có ai giữ tệp này đang trực tuyến. Hãy giữ trang này mở: việc tải xuống sẽ bắt đầu khi có người trực tuyến.",
    looking: "Đang tìm những người có tệp này…",
    noTracker:
      "Liên kết không nêu tracker nào mà trình duyệt liên lạc được, nên trang này không tìm được ai. Hãy dùng liên kết có tracker wss://.",
    afterLogin: "Sẽ tiếp tục ngay khi bạn đăng nhập.",
    readyToSend: "Đã sẵn sàng. Giờ hãy gửi liên kết chia sẻ cho ai đó.",
    complete: "Mọi mảnh đã được kiểm tra. Hãy lưu lại để giữ tệp bên ngoài trình duyệt này.",
    saved:
      "Đã lưu. Khi trang này đang mở, người khác vẫn có thể tải từ bạn; hãy gỡ bỏ ở đây khi bạn không muốn thế nữa.",

    connecting: (count) => `${people(count)} có tệp này. Đang kết nối…`,
    askingForFiles: (count) => `Đã kết nối với ${people(count)}. Đang hỏi danh sách tệp…`,
    downloading: (senders) =>
      senders > 1 ? `Đang tải từ ${people(senders)} cùng lúc.` : `Đang tải từ ${people(senders)}.`,
    passingOn: (receivers) => `Bạn cũng đang chuyển tiếp các phần đã có cho ${people(receivers)}.`,
    waitingForParts: (count) =>
      `Đã kết nối với ${people(count)}, đang chờ những phần còn thiếu. Hãy giữ trang này mở.`,
    sending: (receivers) => `Đang gửi cho ${people(receivers)}.`,
    connectedIdle: (count) => `${people(count)} đang kết nối, nhưng lúc này không ai cần thêm phần nào.`,
    delivered: (others) => `Đã gửi xong: ${people(others)} có đủ tệp.`,

    waits: {
      large:
        "Tệp này lớn, nên chỉ bắt đầu tải khi bạn đồng ý. Hãy để ý dung lượng còn trống trên thiết bị này.",
      metered: "Kết nối của bạn có thể tính phí theo dung lượng, nên chỉ bắt đầu tải khi bạn đồng ý.",
      asked: "Chỉ bắt đầu tải khi bạn đồng ý, như bạn đã chọn trong phần cài đặt.",
    },
    rests: {
      metered:
        "Kết nối của bạn có thể tính phí theo dung lượng, nên người khác chưa nhận được gì từ đây cho đến khi bạn dùng kết nối khác hoặc bấm Tiếp tục.",
      battery:
        "Pin sắp hết, nên người khác chưa nhận được gì từ đây cho đến khi thiết bị được sạc hoặc bạn bấm Tiếp tục.",
    },
    completeAndRests: "Mọi mảnh đã được kiểm tra, và bạn có thể lưu lại.",
    savedAndRests: "Đã lưu.",

    sharedEnough: {
      ratio:
        "Không chia sẻ nữa: đã gửi đủ số lần dung lượng mà bạn chọn. Bấm Tiếp tục để chia sẻ tiếp, không còn giới hạn đó.",
      time: "Không chia sẻ nữa: đã hết thời gian mà bạn chọn. Bấm Tiếp tục để chia sẻ tiếp, không còn giới hạn đó.",
      downloads:
        "Không chia sẻ nữa: đã có đủ số người mà bạn chọn nhận trọn vẹn. Bấm Tiếp tục để chia sẻ tiếp, không còn giới hạn đó.",
      moment:
        "Không chia sẻ nữa: đã đến thời điểm mà bạn chọn. Bấm Tiếp tục để chia sẻ tiếp, không còn giới hạn đó.",
      person: "Không chia sẻ nữa: bạn đã kết thúc. Bấm Tiếp tục để chia sẻ tiếp, không còn giới hạn đó.",
    },
    linkEnded: {
      ratio: "Liên kết này đã kết thúc: đã gửi đủ số lần dung lượng mà bạn chọn.",
      time: "Liên kết này đã kết thúc: đã hết thời gian mà bạn chọn.",
      downloads: "Liên kết này đã kết thúc: đã có đủ số người mà bạn chọn nhận trọn vẹn.",
      moment: "Liên kết này đã kết thúc: đã đến thời điểm mà bạn chọn.",
      person: "Liên kết này đã kết thúc: bạn đã kết thúc nó.",
    },
    othersMayGoOn: "Ai đã có các mảnh vẫn có thể chia sẻ tiếp.",
    bringsBack: {
      resume: "Bấm Tiếp tục để dùng lại liên kết.",
      permission: "Bấm Chia sẻ tiếp để dùng lại liên kết.",
      files: "Chọn lại đúng các tệp đó để dùng lại liên kết.",
    },
    bringsBackUnlimited: {
      resume: "Bấm Tiếp tục để dùng lại liên kết, không còn giới hạn đó.",
      permission: "Bấm Chia sẻ tiếp để dùng lại liên kết, không còn giới hạn đó.",
      files: "Chọn lại đúng các tệp đó để dùng lại liên kết, không còn giới hạn đó.",
    },

    linkOnlyHere: "Liên kết chỉ dùng được khi trang này đang mở: chưa có ai khác có đủ tệp.",
    linkOnlyHereNow: (left) =>
      `Liên kết chỉ dùng được khi trang này đang mở: không có ai khác có đủ tệp đang trực tuyến (${number(left)} người đã có đủ rồi rời đi).`,
    linkWithoutPage: (others) =>
      `${number(others)} người khác có đủ tệp, nên liên kết dùng được cả khi đóng trang này, miễn là họ đang trực tuyến.`,
    moreLeft: (left) => `${number(left)} người nữa đã có đủ rồi rời đi.`,

    trackerSays: (message) => `Tracker cho biết: ${message}`,
    nextTry: (time) => `Thử lại sau ${time}.`,
    pauseAndResume: "Hãy tạm dừng rồi tiếp tục để thử lại.",

    start: (size) => `Bắt đầu (${size})`,
    continueSharing: "Chia sẻ tiếp",
    selectFile: "Chọn lại tệp",
    selectFolder: "Chọn lại thư mục",
    selectFiles: "Chọn lại các tệp",
    save: "Lưu",
    saveAll: "Lưu tất cả",
    saveToFolder: "Lưu vào thư mục",
    saving: (share) => `Đang lưu, ${share}`,
    pause: "Tạm dừng",
    resume: "Tiếp tục",
    remove: "Gỡ bỏ",
    details: "Chi tiết",
    more: "Thêm",
    less: "Thu gọn",
    select: (title) => `Chọn ${title}`,
    expand: (title) => `Xem thêm về ${title}`,
  },

  links: {
    shareLink: "Liên kết chia sẻ",
    copyLink: "Chép liên kết",
    magnetLink: "Liên kết magnet",
    magnetWithoutKey:
      "Liên kết magnet và tệp .torrent không có khóa: ai chỉ có chúng thì chuyển tiếp được lượt chia sẻ này mà không đọc được. Muốn họ đọc được, hãy gửi liên kết chia sẻ.",
    copyMagnet: "Chép magnet",
    infoHash: "Info-hash",
    copyInfoHash: "Chép info-hash",
    share: "Chia sẻ…",
    sharedTitle: (title) => `${title}, chia sẻ bằng Tabswarm`,
    exportTorrent: "Xuất tệp .torrent",
    qrCode: "Mã QR",
    qrTooLong: "Liên kết quá dài so với mã QR.",
    copied: "Đã chép",
    copiedOf: (label) => `Đã chép: ${label}`,
    copyByHand: "Trình duyệt không cho phép. Nội dung đã được chọn sẵn: hãy bấm Ctrl+C hoặc ⌘C.",
  },

  receivers: {
    title: "Những người nhận",
    hasEverything: "Đã có đủ",
    gotEverything: "Đã nhận đủ",
    andMore: (count) => `và ${number(count)} người nữa`,
    gotItInAll: (count) => `Đến nay ${people(count)} đã nhận đủ.`,
  },

  trouble: {
    tryNow: "Thử ngay",
    addTurn: "Thêm máy chủ TURN",
    openElsewhere: "Mở bằng chương trình trên máy",
    storageFull:
      "Bộ nhớ của trình duyệt đã đầy. Hãy giải phóng dung lượng trên thiết bị này hoặc gỡ bỏ các mục tải xuống khác ở đây, rồi bấm Tiếp tục.",
    slowedDown:
      "Trình duyệt hầu như không cho thẻ chạy nền làm việc, nên mục này phải chờ. Hãy để thẻ này hiển thị cho đến khi xong.",
    localNetwork:
      "Trình duyệt không cho trang này liên lạc với các thiết bị trong mạng của bạn, nơi những người khác có thể đang ở. Hãy bấm biểu tượng bên cạnh địa chỉ trang và cho phép; sau đó mọi thứ tự tiếp tục.",
    localTracker: (host) =>
      `Trình duyệt không cho trang này liên lạc với các thiết bị trong mạng của bạn, chẳng hạn tracker ${host}. Hãy bấm biểu tượng bên cạnh địa chỉ trang và cho phép; sau đó mọi thứ tự tiếp tục.`,
    clockFast: (time, host) =>
      `Đồng hồ của thiết bị này nhanh ${time}, nên trình duyệt không tin kết nối bảo mật nào, chẳng hạn kết nối tới tracker ${host}. Hãy chỉnh lại giờ rồi thử lại.`,
    clockSlow: (time, host) =>
      `Đồng hồ của thiết bị này chậm ${time}, nên trình duyệt không tin kết nối bảo mật nào, chẳng hạn kết nối tới tracker ${host}. Hãy chỉnh lại giờ rồi thử lại.`,
    piecesMissing: (peers) =>
      `Đã kết nối với ${people(peers)}, nhưng phần còn thiếu ở đây thì ở đó cũng thiếu. Hãy giữ trang này mở: sẽ tiếp tục khi có người có phần đó.`,
    wantedOnDesktops: (count) =>
      `${people(count)} muốn tải vào lần tracker đếm gần nhất, nhưng bằng chương trình trên máy tính, vốn không liên lạc được với trình duyệt. Hãy chia sẻ bằng tabswarm seed trên một máy tính để họ tải được.`,
    onDesktops: (count) =>
      `${people(count)} có tệp này, nhưng chỉ trong chương trình trên máy tính, mà trình duyệt không liên lạc được. Một chương trình như thế trên máy bạn thì được.`,
    nobodyAnswers: (count) =>
      `${people(count)} có tệp này, nhưng không ai trả lời: thẻ của họ có thể đang ngủ, hoặc họ dùng chương trình trên máy tính, mà trình duyệt không liên lạc được.`,
    noRouteFromThem: (tried) =>
      `Có người muốn tải, nhưng không có đường nào từ trình duyệt này đến trình duyệt của họ (${tried}).`,
    noRoute: (count, tried) =>
      `${people(count)} có tệp này, nhưng không có đường nào từ trình duyệt này đến trình duyệt của họ (${tried}).`,
    noneHere: "phía này không đưa ra đường nào",
    noneThere: "phía bên kia không đưa ra đường nào",
    tried: (kinds) => `đã thử: ${kinds}`,
    routes: { host: "địa chỉ trực tiếp", srflx: "địa chỉ do bộ định tuyến cấp", relay: "máy chủ TURN" },
    freeWebRtc:
      "Một thiết lập, tiện ích mở rộng hoặc VPN có thể đang chặn WebRTC: hãy tắt đi, hoặc dùng máy chủ TURN.",
    firewall: "Có thể tường lửa đang chặn: hãy thử mạng khác hoặc tắt VPN.",
    sameWifi: "Hãy thử dùng chung Wi-Fi, tắt VPN, hoặc dùng máy chủ TURN để chuyển tiếp mọi thứ.",

    offline: "Thiết bị này không có kết nối mạng. Mọi thứ sẽ tự tiếp tục khi có mạng trở lại.",
    namedTracker: (host) =>
      `Ở đây không có ai giữ tệp này đang trực tuyến, và ${host}, tracker mà liên kết nêu, không trả lời: có thể nó đang ngừng hoạt động, hoặc trình duyệt không tin chứng chỉ của nó. Hãy giữ trang này mở: việc tải xuống sẽ bắt đầu khi tìm được ai đó.`,
    refused: (said) => `Tracker đã từ chối tệp này (${said}).`,
    unreachable: (said) =>
      `Trang này không liên lạc được với tracker, nơi giúp mọi người tìm thấy nhau (${said}).`,
    tryingAgain: "Đang thử lại…",
    nobodyNew: "Cho đến lúc đó, liên kết không đưa thêm ai đến.",
  },

  spoken: {
    unnamed: "Một mục tải xuống",
    linkReady: (title) => `Liên kết của ${title} đã sẵn sàng.`,
    begins: (title, size) => `Đang tải xuống ${title}, ${size}.`,
    progress: (title, share) => `${title}: ${share}.`,
    progressLeft: (title, share, time) => `${title}: ${share}, còn ${time}.`,
    complete: (title) => `${title} đã tải xong.`,
    saved: (title) => `Đã lưu ${title}.`,
    stopped: (title) => `${title} đã dừng.`,
    trouble: (title, sentence) => `${title}: ${sentence}`,
    troubleOfSeveral: (title, others, sentence) => `${title} và ${number(others)} mục khác: ${sentence}`,
    more: (count) => `Và ${number(count)} thay đổi khác trong danh sách.`,
  },

  remove: {
    question: (title) => `Gỡ bỏ “${title}”?`,
    own: "Tệp của bạn vẫn ở nguyên chỗ cũ. Bạn chỉ ngừng chia sẻ nó.",
    ownSeveral: "Các tệp của bạn vẫn ở nguyên chỗ cũ. Bạn chỉ ngừng chia sẻ chúng.",
    nothing: "Chưa có gì của mục này được lưu trữ. Bạn có thể thêm lại bằng liên kết của nó.",
    saved: "Những gì bạn đã lưu vẫn ở nơi bạn lưu.",
    unsaved:
      "Bạn chưa lưu tệp này: xóa dữ liệu thì bản của bạn cũng mất. Để giữ tệp, hãy hủy rồi lưu lại trước.",
    wholeData: (size) =>
      `Trình duyệt này đang lưu trữ ${size} của mục này. Hãy giữ dữ liệu nếu bạn có thể cần lại: chỉ cần thêm lại liên kết là có đủ.`,
    someData: (size) =>
      `Trình duyệt này đang lưu trữ ${size} của mục này. Hãy giữ dữ liệu nếu sau này bạn muốn tải tiếp: chỉ cần thêm lại liên kết là việc tải sẽ tiếp tục.`,
    shared: (size) =>
      `Mục này cũng đang mở trong một thẻ khác; thẻ đó giữ ${size} mà trình duyệt này đang lưu trữ và tiếp tục dùng.`,
    elsewhere: "Mục này cũng đang mở trong một thẻ khác, và tiếp tục ở đó.",
    receivers: (count) => `${people(count)} đang tải từ bạn ngay lúc này.`,
    linkOfOtherTab: "Liên kết vẫn dùng được khi thẻ kia đang mở.",
    linkOfOthers: "Có người khác có đủ tệp, nên liên kết vẫn dùng được khi họ đang trực tuyến.",
    linkEnds: "Liên kết sẽ không dùng được nữa: không có ai khác có đủ tệp.",
    removeAndDelete: "Gỡ bỏ và xóa dữ liệu",
    removeAndKeep: "Gỡ bỏ, giữ dữ liệu",
    removeIt: "Gỡ bỏ mục này",
  },

  list: {
    filters: {
      all: "Tất cả",
      downloading: "Đang tải xuống",
      sharing: "Đang chia sẻ",
      complete: "Đã tải xong",
      paused: "Đã tạm dừng",
      attention: "Đang chờ bạn",
    },
    orders: {
      newest: "Mới nhất trước",
      name: "Theo tên",
      size: "Lớn nhất trước",
      progress: "Gần xong nhất trước",
      speed: "Nhanh nhất trước",
    },
    search: "Tìm trong các tệp của bạn",
    filter: "Hiển thị",
    order: "Sắp xếp",
    rows: "Danh sách gọn",
    pauseAll: "Tạm dừng tất cả",
    resumeAll: "Tiếp tục tất cả",
    clearFinished: "Dọn mục đã xong",
    selectNone: "Bỏ chọn",
    nothingMatches: "Không có gì trong danh sách khớp.",
    showAll: "Hiện tất cả",
    elsewhere: "Ở thẻ khác của trình duyệt này",
    elsewhereHint: "Mở thêm ở đây, và cả hai thẻ cùng dùng phần mà trình duyệt này đã lưu trữ.",
    inAnotherTab: "ở thẻ khác",
    openHere: "Mở cả ở đây",
    selected: (count) => `Đã chọn ${number(count)} torrent`,

    removeSeveral: (count) => `Gỡ bỏ ${number(count)} torrent?`,
    clearSeveral: (count) => `Dọn ${number(count)} mục đã tải xong?`,
    clearing:
      "Những gì bạn đã lưu vẫn ở nguyên chỗ cũ. Trình duyệt này xóa bản của riêng nó, và không ai tải được từ bạn nữa.",
    removingOwn:
      "Các tệp của bạn vẫn ở nguyên chỗ cũ. Bạn chỉ ngừng chia sẻ chúng, nên liên kết của chúng có thể không dùng được nữa.",
    removingData: (size) =>
      `Trình duyệt này xóa ${size} đang lưu trữ của các mục tải xuống. Những tệp bạn đã lưu vẫn ở nguyên chỗ cũ.`,
    keptElsewhere: "Mục nào cũng đang mở trong thẻ khác thì vẫn ở đó, cùng với phần đã lưu trữ.",
    removeThem: "Gỡ bỏ các mục này",
    clearThem: "Dọn các mục này",
  },

  details: {
    title: "Chi tiết",
    overview: "Tổng quan",
    unknown: "chưa biết",
    piecesHeld: "Mảnh đang có",
    heldOf: (held, all) => `${number(held)} trên ${number(all)}`,
    pieceLength: "Độ dài mảnh",
    received: "Đã nhận",
    sent: "Đã gửi",
    sentTimes: (size, ratio) => `${size} (${ratio}×)`,
    sharedFor: "Thời gian chia sẻ",
    underAMinute: "chưa đầy một phút",
    failedPieces: "Mảnh hỏng",
    bannedPeers: "Máy bị chặn",
    infoHash: "Info-hash",
    routesTried: "Các đường đã thử mà không được",
    routes: (here, there) => `ở đây: ${here}; ở đó: ${there}`,
    noRoutes: "không có",
    failedNote:
      "Mảnh không qua được kiểm tra sẽ bị bỏ và tải lại. Máy nào gửi dữ liệu sai sẽ bị ngắt kết nối.",
    privateNote: "Riêng tư: chỉ các tracker của chính nó giới thiệu mọi người với nhau.",
  },

  peers: {
    nobody: "Lúc này không có ai kết nối.",
    columns: {
      peer: "Máy ngang hàng",
      link: "Kết nối",
      has: "Đã có",
      down: "Tải xuống",
      up: "Gửi đi",
      pieces: "Mảnh tốt",
      failed: "Mảnh hỏng",
      score: "Điểm",
    },
    note: "Mảnh tốt: những mảnh mà máy này đã gửi ít nhất một phần. Mảnh hỏng: những mảnh không qua được kiểm tra. Điểm: phần hữu ích trong những gì nó đã làm, từ 0 đến 100; máy mới bắt đầu từ 50, một mảnh hỏng tính bằng tám mảnh tốt, và một phần không bao giờ đến tính bằng hai.",
    desktop: "máy tính",
    browser: "trình duyệt",
    nearby: "ở gần",
    introduced: "do một máy khác giới thiệu",
  },

  trackers: {
    title: "Tracker",
    none: "Không nêu tracker nào.",
    own: "Của chính trang này.",
    tier: (tier) => `Bậc ${number(tier)}.`,
    unreachableHere:
      "Trang này không hỏi được tracker này, nhưng liên kết vẫn nêu nó cho các chương trình khác.",
    tooMany: "Không hỏi: torrent có quá nhiều tracker.",
    stopped: "Không hỏi khi torrent đang dừng.",
    notAsked: "Chưa hỏi.",
    connecting: "Đang kết nối…",
    working: (seeders, leechers) =>
      `Đang hoạt động. ${people(seeders)} có đủ, ${people(leechers)} còn đang tải, tính cả bạn.`,
    says: (message) => `Tracker cho biết: ${message}.`,
    nextRequest: (time) => `Hỏi lại sau ${time}.`,
    refused: "Đã từ chối.",
    refusedBecause: (message) => `Đã từ chối: ${message}.`,
    standby: "Đang chờ.",
    standbyBecause: (message) => `Đang chờ: ${message}.`,
    unreachable: "Không liên lạc được.",
    unreachableBecause: (message) => `Không liên lạc được: ${message}.`,
    takeOut: "Bỏ ra",
    takeOutOf: (url) => `Bỏ ra ${url}`,
    another: "Địa chỉ của một tracker khác",
    anotherNote:
      "Chẳng hạn wss://tracker.example.org/announce. Tracker được hỏi ngay, cả sau khi tải lại trang, và các liên kết nêu tên nó.",
    add: "Thêm",
    added: "Từ giờ tracker này được hỏi, và các liên kết nêu tên nó.",
    private:
      "Torrent này là riêng tư: chỉ các tracker mà nó nêu được biết đến nó, nên không thể thêm hay bỏ tracker nào.",
  },

  webSeeds: {
    title: "Nguồn web",
    note: "Các máy chủ web có sẵn tệp. Chúng gửi những gì không máy ngang hàng nào gửi.",
    waiting: "Hiện không cần gì từ nguồn này.",
    fetching: (rate) => `Đang gửi ${rate}.`,
    sent: (size) => `Đã gửi ${size}.`,
    problem: (reason) => `Gặp trục trặc: ${reason}.`,
    banned: "Nguồn này không được hỏi nữa.",
  },

  pieces: {
    title: "Mảnh",
    unknown: "Chưa biết có bao nhiêu mảnh.",
    legend: {
      held: "Đã có",
      begun: "Đang tải",
      common: "Còn thiếu",
      rare: "Còn thiếu, một máy có",
      nowhere: "Còn thiếu, không máy nào ở đây có",
      unwanted: "Không cần",
    },
    held: (held, all) => `Đã có ${number(held)} trên ${number(all)} mảnh.`,
    begun: (count) => `Đang tải ${number(count)} mảnh.`,
    missing: (count) => `Còn thiếu ${number(count)} mảnh.`,
    rare: (count) => `Trong số còn thiếu, ${number(count)} mảnh chỉ một máy đang kết nối có.`,
    nowhere: (count) => `${number(count)} mảnh không máy nào đang kết nối có.`,
    unwanted: (count) => `Không cần ${number(count)} mảnh.`,
  },

  speed: {
    title: "Tốc độ",
    none: "Không có gì di chuyển trong 15 phút qua. Khi có, tốc độ sẽ được vẽ ở đây.",
    down: "Tải xuống",
    up: "Gửi đi",
    last: (time, down, up) => `${time} vừa qua. Tải xuống: ${down}. Gửi đi: ${up}.`,
    nothing: "không có gì",
    figures: (now, highest, average) => `hiện tại ${now}, cao nhất ${highest}, trung bình ${average}`,
    at: (time) => `lúc ${time}`,
  },

  options: {
    title: "Tùy chọn",
    speed: "Giới hạn tốc độ",
    speedNote:
      "Chỉ cho torrent này, chẳng hạn 500 kB/s hoặc 2 MB/s, ngoài các giới hạn trong phần cài đặt. Để trống: không có giới hạn riêng.",
    stop: "Ngừng chia sẻ",
    stopNote:
      "Khi đạt một trong các mức này, torrent tạm dừng và mục của nó trong danh sách cho biết điều đó. Bạn có thể tiếp tục bất cứ lúc nào.",
    stopNoteOwn:
      "Khi đạt một trong các mức này, trang này ngừng gửi và cho bạn biết điều đó. Ai đã có các mảnh vẫn có thể chia sẻ tiếp. Bạn có thể tiếp tục bất cứ lúc nào.",
    stopChoices: "Khi nào ngừng",
    stopNames: {
      settings: "Theo phần cài đặt",
      never: "Không tự ngừng",
      limits: "Theo giới hạn riêng",
    },
    afterDownloads: "Ngừng khi đủ số người nhận trọn vẹn",
    downloadsUnclear: (most) =>
      `Hãy nhập một số từ 1 đến ${number(most)}, hoặc để trống. Giới hạn vẫn như cũ.`,
    atMoment: "Ngừng vào thời điểm này",
    momentUnclear:
      "Hãy chọn một thời điểm từ bây giờ đến trong vòng một năm, hoặc để trống. Giới hạn vẫn như cũ.",
    link: "Liên kết chia sẻ",
    endLink: "Kết thúc liên kết này",
    endQuestion: "Kết thúc liên kết này?",
    endText:
      "Trang này ngừng gửi. Ai đã có các mảnh vẫn có thể chia sẻ tiếp. Bấm Tiếp tục để dùng lại liên kết.",
    endIt: "Kết thúc",
    peers: "Máy ngang hàng",
    peersNote: (least, most) =>
      `Chỉ cho torrent này, từ ${number(least)} đến ${number(most)}, và không bao giờ nhiều hơn mức cho phép trong phần cài đặt. Để trống: không có giới hạn riêng.`,
    order: "Thứ tự",
    orderNote:
      "Phần đầu sẽ có sớm hơn, để xem trước. Cách này khiến người khác chịu thiệt phần nào: các mảnh hiếm lan ra chậm hơn, nên nếu người duy nhất có đủ rời đi sớm thì có thể thiếu phần cuối. Khi chỉ có một người như thế, họ có thể tự chọn thứ tự.",
    inOrder: "Tải các mảnh theo thứ tự, không ưu tiên mảnh hiếm nhất",
  },

  fields: {
    mostUp: "Gửi nhiều nhất",
    mostDown: "Nhận nhiều nhất",
    rateUnclear:
      "Hãy nhập tốc độ từ 5 kB/s đến 10 GB/s, chẳng hạn 500 kB/s, hoặc để trống. Nếu thấp hơn, người khác sẽ không chờ nổi. Giới hạn vẫn như cũ.",
    mostPeers: "Số máy ngang hàng nhiều nhất",
    peersUnclear: (least, most) =>
      `Hãy nhập một số từ ${number(least)} đến ${number(most)}, hoặc để trống. Nếu ít hơn, hầu như không ai tìm được bạn. Giới hạn vẫn như cũ.`,
    afterRatio: "Ngừng sau khi gửi bằng bấy nhiêu lần dung lượng",
    ratioUnclear:
      "Hãy nhập một số từ 0,1 đến 1000, chẳng hạn 2 là gấp đôi dung lượng, hoặc để trống. Giới hạn vẫn như cũ.",
    afterTime: "Ngừng sau khi chia sẻ trong",
    units: { minutes: ["phút"], hours: ["giờ"], days: ["ngày"] },
    timeUnclear:
      "Hãy nhập thời gian từ 1 phút đến 365 ngày, chẳng hạn 90 phút, 3 giờ hoặc 2 ngày, hoặc để trống. Giới hạn vẫn như cũ.",
  },

  log: {
    title: "Nhật ký",
    none: "Chưa có gì xảy ra từ khi trang này được mở.",
    newestFirst: "Mới nhất ở trên. Chỉ giữ 200 sự kiện gần nhất, khi trang này còn mở.",
    phases: {
      metadata: "Đang tìm danh sách tệp.",
      checking: "Đang kiểm tra những gì đã có ở đây.",
      downloading: "Đang tải xuống.",
      seeding: "Đã có đủ. Đang chia sẻ với người khác.",
      paused: "Đã tạm dừng.",
      error: "Đã dừng.",
    },
    added: "Đã thêm.",
    removed: "Đã gỡ bỏ.",
    solved: "Vấn đề đã được giải quyết.",
    filesArrived: "Đã nhận danh sách tệp.",
    filesUnusable: (reason) => `Danh sách tệp mà các máy khác gửi không dùng được: ${reason}`,
    pieceArrived: (piece) => `Mảnh ${number(piece)} đã đến.`,
    pieceFailed: (piece) => `Mảnh ${number(piece)} không qua được kiểm tra và được tải lại.`,
    fileComplete: "Một tệp đã tải xong.",
    complete: "Hoàn tất: mọi mảnh đã được kiểm tra.",
    sharingStopped: {
      ratio: "Đã ngừng chia sẻ: đã gửi đủ mức bạn chọn.",
      time: "Đã ngừng chia sẻ: đã chia sẻ đủ thời gian bạn chọn.",
      downloads: "Đã ngừng chia sẻ: đã có đủ số người mà bạn chọn nhận trọn vẹn.",
    },
    bannedForFiles: "Một máy gửi danh sách tệp giả và đã bị chặn.",
    bannedForPiece: (piece) => `Một máy gửi dữ liệu sai cho mảnh ${number(piece)} và đã bị chặn.`,
    webSeedFailed: (host, reason) => `Nguồn web ${host} gặp trục trặc: ${reason}`,
    webSeedBanned: (host, piece) =>
      `Nguồn web ${host} gửi dữ liệu sai cho mảnh ${number(piece)} và không được hỏi nữa.`,
    dialling: "Đang kết nối với một máy khác.",
    connected: (peer, link) => `Đã kết nối với ${peer} (${link}).`,
    disconnected: (peer, reason) => `Đã ngắt kết nối với ${peer}: ${reason}`,
    notConnected: (reason) => `Một kết nối không thành: ${reason}`,
    unchoked: "Từ giờ một máy khác gửi dữ liệu cho bạn.",
    choked: "Một máy khác không gửi dữ liệu cho bạn nữa.",
    ignored: (what) => `Một phần những gì máy khác nói đã bị bỏ qua: ${what}`,
    answered: (tracker, seeders, leechers) =>
      `${tracker} trả lời: ${people(seeders)} có đủ, ${people(leechers)} còn đang tải.`,
    says: (warning) => `Tracker cho biết: ${warning}`,
    refused: (tracker, reason) => `${tracker} từ chối: ${reason}`,
    lost: (tracker, reason) => `Không liên lạc được với ${tracker}: ${reason}`,
    reasons: {
      offerExpired: "không ai trả lời lời mời kết nối kịp thời",
      negotiationFailed: "hai trình duyệt không thống nhất được cách kết nối",
      noRoute: "không có đường nào giữa hai bên",
      theyLeft: "họ đã rời đi",
      neverOpened: "kết nối không mở kịp thời",
      notIntroduced: "máy lẽ ra giới thiệu hai bên đã không làm được",
      noRoom: "không còn chỗ cho kết nối khác",
      madeRoom: "một máy khác cần chỗ đó",
      unknownTorrent: "máy đó muốn một torrent khác",
      ourselves: "kết nối dẫn về chính mình",
      twin: "đã có kết nối khác với cùng máy đó",
      banned: "máy đó gửi dữ liệu sai",
      brokeTheRules: "máy đó vi phạm quy tắc của giao thức",
      tooManyMessages: "máy đó gửi quá nhiều tin nhắn",
      readsNothing: "máy đó không đọc những gì trang này gửi",
      silent: "máy đó im lặng quá lâu",
      nothingToShare: "cả hai bên đều đã có đủ",
      notFromTracker: "torrent là riêng tư, và tracker của nó không nêu máy này",
      pieceLost: "trang này không đọc được một mảnh nữa, và bắt đầu lại với những gì đang có",
      stopped: "torrent đã dừng",
    },
  },

  files: {
    notKnown: "Chưa có danh sách tệp ở đây.",
    noneChosen: "Hãy chọn ít nhất một tệp. Cho đến lúc đó, lựa chọn trước của bạn vẫn có hiệu lực.",
    chosen: (chosen, total, size) => `Đã chọn ${number(chosen)} trên ${number(total)}, ${size}`,
    all: "Tất cả",
    none: "Bỏ chọn",
    first: "Ưu tiên",
    firstOf: (name) => `Tải ${name} trước`,
    save: "Lưu",
    saveOf: (name) => `Lưu ${name}`,
    preview: "Xem trước",
    previewOf: (name) => `Xem trước ${name}`,
    play: "Phát",
    playOf: (name) => `Phát ${name}`,
    noPlay: {
      unknown: "Trang này không phát được loại tệp này. Hãy lưu tệp rồi mở.",
      "no-https":
        "Qua http thường, trình duyệt chỉ phát tệp khi đã tải xong. Hãy đợi tải xong, hoặc mở trang này qua https.",
      "no-worker": "Trang vừa được mở lần đầu, và sẽ phát được tệp chưa tải xong sau khi tải lại trang.",
      "not-chosen": "Tệp này chưa được tải. Hãy chọn tệp trước.",
      "not-readable": "Không đọc được tệp. Hãy đóng lại rồi thử lại.",
      broken: "Trình duyệt không phát được tệp này. Hãy lưu tệp rồi mở bằng chương trình khác.",
    },
    shareOf: (share, size) => `${share} của ${size}`,
    andMore: (count) => `… và ${number(count)} mục nữa.`,
    showMore: "Xem thêm",
    linksLeftOut: (count) => `Đã bỏ qua ${number(count)} liên kết tượng trưng.`,
    previous: "Trước",
    next: "Tiếp",
    saveThis: "Lưu tệp này",
    reading: "Đang đọc tệp…",
    notReadable: "Không đọc được tệp. Hãy đóng lại và thử lần nữa.",
    textCut: "Đây là 64 KiB đầu tiên. Hãy lưu tệp để đọc hết.",
    noPreview: {
      unknown: "Đây không phải là hình ảnh hay văn bản mà trang hiển thị được. Hãy lưu tệp rồi mở.",
      "too-large": "Hình lớn hơn 16 MiB. Hãy lưu tệp rồi mở.",
      "too-many-pixels":
        "Hình có quá nhiều điểm ảnh, hiển thị nó có thể làm treo thẻ này. Hãy lưu tệp rồi mở bằng chương trình khác.",
      broken: "Trình duyệt không hiển thị được hình này. Hãy lưu tệp rồi mở.",
      pdf: "Trang không hiển thị PDF vì tệp PDF có thể chứa mã lệnh. Hãy lưu tệp rồi mở.",
    },
    tooManyPicked: (most) =>
      `Có nhiều hơn ${number(most)} tệp. Hãy chia sẻ thư mục nhỏ hơn, hoặc nén lại thành một tệp trước.`,
  },

  text: {
    title: "Gửi văn bản hoặc liên kết",
    label: "Văn bản của bạn",
    hint: "Ai mở liên kết mà bạn nhận được sẽ đọc văn bản ngay trên trang và sao chép được. Cách này hoạt động như chia sẻ tệp: chỉ khi trang này đang mở.",
    share: "Chia sẻ",
    empty: "Hãy viết hoặc dán gì đó trước.",
    tooLong: (over, most) =>
      `Văn bản này vượt ${over} so với mức cho phép là ${most}. Hãy đưa vào một tệp rồi chia sẻ tệp đó.`,
    shown: "Văn bản",
    copy: "Chép văn bản",
    openHost: (host) => `Mở ${host}`,
  },

  tab: {
    complete: (name) => `${name} đã tải xong`,
    severalComplete: (count) => `${number(count)} mục đã tải xong`,
    next: "Bấm để về trang và lưu những gì bạn muốn giữ.",
    tellMe: "Thông báo cho tôi khi tải xong",
    notAllowed:
      "Trình duyệt không cho trang này gửi thông báo. Hãy cho phép thông báo trong cài đặt trình duyệt dành cho trang này, rồi đánh dấu lại ô này.",
  },

  app: {
    updateReady: "Đã có phiên bản mới của trang này.",
    updateWaits: "Đã có phiên bản mới của trang này. Bạn có thể cập nhật khi ở đây không còn gì đang chạy.",
    update: "Cập nhật",
    httpsAdds:
      "Qua https, trang này còn có thể cài đặt như ứng dụng, mở khi ngoại tuyến và nhận tệp từ ứng dụng khác.",
    openQuestion: "Mở nội dung này?",
    shareQuestion: (count) => `Chia sẻ ${files(count)}?`,
    shareAndOpenQuestion: (count) => `Chia sẻ ${files(count)} và mở phần còn lại?`,
    filesCame:
      "Một ứng dụng khác đã chuyển nội dung này sang. Không ai nhận được trước khi bạn đồng ý; sau đó bạn có một liên kết để gửi, dùng được khi trang này đang mở.",
    linkCame: "Một ứng dụng khác đã chuyển nội dung này sang. Nó sẽ mở ở đây như một mục tải xuống.",
    openIt: "Mở",
    shareAndOpen: "Chia sẻ và mở",
    shareThem: (count) => `Chia sẻ ${files(count)}`,
    andMore: (count) => `và ${number(count)} tệp nữa`,
    together: (size) => `Tổng cộng ${size}`,
    leftOut: (count) =>
      `Đã bỏ lại ${number(count)} tệp nữa: trang chỉ nhận 1.000 tệp mỗi lần. Hãy chọn chúng ngay trên trang.`,
    nothingCame: "Không có gì để chia sẻ",
    nothingCameText: "Nội dung chia sẻ với trang này đã được trả lời rồi, hoặc không có gì trong đó.",
    lost: "Trình duyệt không giữ được nội dung bạn chia sẻ với trang này. Hãy chia sẻ lại; nếu vẫn không được, hãy giải phóng dung lượng trên thiết bị này trước.",
  },

  nearby: {
    title: "Lân cận",
    switch: "Cho người ở gần thấy thiết bị này",
    about:
      "Những người mở trang này trong cùng mạng và cũng bật mục này sẽ thấy nhau và gửi tệp chỉ bằng một lần chạm. Không ai khác thấy bạn.",
    youAre: (name) => `Họ thấy bạn là “${name}”.`,
    setName: "Đổi tên",
    nobody:
      "Chưa có ai khác ở đây. Hãy mở trang này trên một thiết bị khác trong cùng mạng và bật mục này ở đó, hoặc dùng phòng.",
    connecting: "Đang kết nối…",
    connectingAgain: "Mất kết nối với tracker. Đang thử lại…",
    inAnotherTab:
      "Một thẻ khác của trình duyệt này đang hiển thị bạn. Hãy quay lại thẻ này để được thấy ở đây.",
    notEncrypted:
      "Những gì bạn gửi ở đây không được mã hóa bằng khóa trong liên kết: tracker chuyển lời mời đi, kèm theo tên.",
    inRoom: "trong phòng của bạn",
    everybody: "Mọi người ở đây",
    notLoaded: "Phần này của trang chưa tải được. Hãy kiểm tra kết nối rồi thử lại.",
    sendFiles: "Gửi tệp",
    sendFilesTo: (name) => `Gửi tệp cho ${name}`,
    sendText: "Gửi văn bản",
    sendTextTo: (name) => `Gửi văn bản cho ${name}`,
    sending: {
      preparing: (name) => `Đang chuẩn bị ${name}…`,
      asked: (name) => `Đã hỏi về ${name}. Đang chờ trả lời.`,
      accepted: (name) => `Đã đồng ý nhận ${name}. Mục trong danh sách cho biết đã gửi đến đâu.`,
      declined: (name) => `Đã từ chối ${name}.`,
    },
    failed: {
      gone: "Họ đã rời đi. Hãy chờ họ quay lại rồi gửi lần nữa.",
      busy: "Họ còn quá nhiều câu hỏi chưa trả lời. Hãy thử lại sau.",
      tooOften: "Bạn đã gửi quá nhiều cùng lúc. Hãy chờ một phút rồi gửi lại.",
      unread: "Không chia sẻ được. Một thông báo trên trang này cho biết lý do.",
    },
    refused: {
      noNetwork: "Tracker không biết bạn đang ở mạng nào. Hãy mở một phòng và gửi mã của phòng.",
      full: "Ở đây đã có 64 người, không còn chỗ. Trang sẽ tự thử lại.",
      wrongCode:
        "Không có phòng nào có mã này. Mã dùng được trong một giờ, và khi còn người trong phòng: hãy xin mã mới.",
      tooMany: "Lúc này tracker không còn chỗ cho bạn. Trang sẽ tự thử lại.",
      tooOften: "Mạng của bạn đã thử quá nhiều mã sai. Trang sẽ tự thử lại.",
      login: "Ở đây chỉ người có tài khoản mới thấy được ai ở gần. Hãy đăng nhập trước.",
    },
    room: "Ở mạng khác?",
    roomAbout: "Hãy mở một phòng và gửi mã của phòng, hoặc nhập mã mà ai đó đưa cho bạn.",
    openRoom: "Mở phòng",
    code: "Mã phòng",
    join: "Vào phòng",
    noCode: "Mã gồm tám chữ cái và chữ số, chẳng hạn ABCD-1234.",
    linkWrong: "Liên kết đến phòng không đầy đủ. Hãy sao chép lại, hoặc nhập mã.",
    yourRoom: "Phòng của bạn",
    leave: "Rời phòng",
    roomLink: "Liên kết đến phòng",
    copyRoomLink: "Chép liên kết phòng",
    opensFor: (minutes) => `Ai có mã vẫn vào được trong ${number(minutes)} phút nữa.`,
    closed: "Mã không cho ai vào nữa. Ai đã ở trong thì vẫn ở lại.",
    offer: "Có người ở gần muốn gửi cho bạn",
    something: "một thứ",
    wants: (from, what, size) => `${from} muốn gửi cho bạn ${what} (${size}).`,
    wantsSeveral: (from, what, count, size) => `${from} muốn gửi cho bạn ${what} (${files(count)}, ${size}).`,
    offerNote: "Nội dung đến thẳng từ thiết bị của họ. Chỉ nhận những gì bạn đang chờ.",
    accept: "Nhận",
    decline: "Từ chối",
  },

  settings: {
    title: "Cài đặt",
    done: "Xong",
    device: "Thiết bị này",
    deviceName: "Tên của thiết bị này",
    deviceNote:
      "Ai chia sẻ hoặc tải cùng tệp với bạn đều thấy tên này, để biết ai đã nhận. Nếu để trống, họ chỉ thấy đây là loại trình duyệt nào, chẳng hạn “Chrome trên Android”. Torrent riêng tư không cho thấy cả hai.",
    downloads: "Tải xuống",
    asksFirst: "Hỏi tôi trước khi bắt đầu tải",
    savesWhenComplete: "Lưu ngay khi tải xong",
    sharing: "Chia sẻ",
    sharingNote:
      "Những gì bạn đã tải được chia sẻ cho đến khi bạn tạm dừng hoặc gỡ bỏ, hoặc khi đạt một trong các mức sau. Tệp do chính bạn chia sẻ thì vẫn tiếp tục. Để trống: không giới hạn. Tùy chọn của từng torrent có thể khác.",
    sharesAlways: "Chia sẻ cả khi kết nối tính phí theo dung lượng và khi pin yếu",
    restNote:
      "Nếu không, việc chia sẻ tự tạm dừng khi đó, nếu trình duyệt cho trang biết, rồi tự tiếp tục sau. Những mục chưa tải xong vẫn tiếp tục.",
    pieceLength: "Độ dài mảnh",
    pieceLengthAuto: "Tự động, theo dung lượng",
    pieceLengthNote:
      "Của những gì bạn chia sẻ từ giờ. Mảnh ngắn lan nhanh hơn giữa nhiều người; mảnh dài hợp với tệp rất lớn. Cùng một tệp với độ dài mảnh khác sẽ có liên kết khác.",
    limits: "Giới hạn",
    limitsNote:
      "Cho mọi torrent của một thẻ gộp lại, chẳng hạn 500 kB/s hoặc 2 MB/s; chỉ nhập số thì tính theo kB/s. Để trống: không giới hạn.",
    mostPeersNote: (least, most) =>
      `Của mọi torrent trong một thẻ gộp lại, từ ${number(least)} đến ${number(most)}. Ít thì đỡ nặng cho thiết bị hoặc bộ định tuyến yếu; nhiều thì tìm được mảnh nhanh hơn. Để trống: ${number(most)}.`,
    connection: "Máy chủ STUN và TURN của riêng bạn",
    iceNote:
      "Chúng giúp kết nối qua các bộ định tuyến khắt khe, ngoài những máy chủ mà tracker cung cấp. Kết nối mới dùng chúng ngay. Trình duyệt này giữ mật khẩu ở dạng mà ai dùng nó cũng đọc được.",
    iceMore: "Thêm máy chủ khác",
    iceFields: {
      url: "Địa chỉ máy chủ",
      username: "Tên người dùng",
      password: "Mật khẩu",
    },
    iceFieldsOf: {
      url: (at) => `Địa chỉ máy chủ ${number(at)}`,
      username: (at) => `Tên người dùng của máy chủ ${number(at)}`,
      password: (at) => `Mật khẩu của máy chủ ${number(at)}`,
    },
    iceProblems: {
      url: "Hãy nhập địa chỉ như stun:stun.example.org hoặc turn:turn.example.org:3478, hoặc để trống. Các kết nối vẫn dùng những gì đã dùng trước đó.",
      password:
        "Máy chủ TURN cần tên người dùng và mật khẩu. Hãy nhập cả hai; cho đến lúc đó các kết nối vẫn dùng những gì đã dùng trước đó.",
    },
    looks: "Giao diện",
    language: "Ngôn ngữ (Language)",
    languageAuto: "Theo trình duyệt",
    languageFailed: "Chưa tải được ngôn ngữ này. Hãy kiểm tra kết nối rồi chọn lại.",
    theme: "Chủ đề",
    themes: { auto: "Theo thiết bị", light: "Sáng", dark: "Tối" },
    textSize: "Cỡ chữ",
    textSizes: { 100: "Theo trình duyệt", 115: "Lớn hơn", 130: "Lớn nhất" },
  },

  storage: {
    title: "Lưu trữ",
    note: "Trình duyệt này lưu trữ các mục tải xuống cho đến khi bạn xóa, ở đây hoặc cùng với torrent. Tệp do chính bạn chia sẻ vẫn ở nguyên chỗ cũ.",
    counting: "Đang đếm…",
    none: "Trình duyệt này không cho trang lưu trữ gì.",
    nothingStored: "Không có mục tải xuống nào được lưu trữ.",
    downloads: (count, size) => `${number(count)} mục tải xuống chiếm ${size}.`,
    all: (size) => `Tính cả trang này, trình duyệt đếm được ${size}.`,
    allOfMost: (size, most) =>
      `Tính cả trang này, trình duyệt đếm được ${size} trên mức cho phép là ${most}.`,
    elsewhere: (size) => `${size}, trong danh sách của một thẻ khác hoặc một thẻ bạn đã đóng.`,
    listed: {
      part: (size) => `${size}, chưa tải xong.`,
      unsaved: (size) => `${size}, đã tải xong, chưa lưu.`,
      saved: (size) => `${size}, đã tải xong và đã lưu.`,
    },
    removed: {
      part: (size) => `${size}, chưa tải xong, không còn trong danh sách của bạn.`,
      unsaved: (size) => `${size}, đã tải xong, chưa lưu, không còn trong danh sách của bạn.`,
      saved: (size) => `${size}, đã tải xong và đã lưu, không còn trong danh sách của bạn.`,
    },
    free: "Xóa",
    freeOf: (name) => `Xóa phần lưu trữ của ${name}`,
    freeRemoved: (count, size) =>
      `Xóa tất cả ${number(count)} mục không còn trong danh sách của bạn (${size})`,
    more: (count) => `Xem thêm ${number(count)} mục`,
    deletesListed: (size) => `Thao tác này bỏ mục khỏi danh sách của bạn và xóa ${size}.`,
    deletes: (size) => `Thao tác này xóa ${size}.`,
    savedStays: "Những gì bạn đã lưu vẫn ở nơi bạn lưu.",
    startsAnew: "Liên kết của nó sẽ tải lại từ đầu.",
    saveFirst: "Bạn chưa lưu tệp này: để giữ tệp, hãy hủy rồi lưu lại trước.",
    openFirst: "Bạn chưa lưu tệp này: để giữ tệp, hãy hủy rồi mở lại liên kết của nó.",
    listStays:
      "Danh sách của bạn vẫn như cũ, và những gì bạn đã lưu cũng vậy. Liên kết của chúng sẽ tải lại từ đầu.",
    unsaved: (count) => `${number(count)} mục đã tải xong mà chưa lưu.`,
    freeIt: "Xóa mục này",
    freeThem: "Xóa các mục này",
    freed: (size) => `Đã giải phóng ${size}.`,
  },

  daemon: {
    headline: ["Vẫn chạy tiếp", "khi trang này đóng."],
    introduction:
      "Trang này cho xem và điều khiển một daemon Tabswarm. Những gì bạn thêm ở đây được daemon tải xuống và chia sẻ trên máy của nó, kể cả sau khi bạn đóng trang.",
    chooseTorrents: "Chọn tệp .torrent",
    path: "Chia sẻ từ máy của daemon",
    pathKinds: "Đường dẫn của tệp hoặc thư mục ở đó",
    pathHint: "Ví dụ /home/me/Holiday. Các tệp vẫn ở nguyên chỗ cũ.",
    share: "Chia sẻ",
    lost: "Daemon không trả lời. Trang này tự thử lại và sẽ tiếp tục khi daemon trả lời.",
    tokenTitle: "Daemon này cần mã của nó",
    tokenText:
      "Hãy mở địa chỉ mà tabswarm daemon --page in ra khi khởi động, hoặc nhập mã vào đây. Mã nằm trong tệp api-token, trong thư mục trạng thái của daemon.",
    tokenWrong: "Daemon không biết mã này. Có thể nó đã được khởi động lại với một mã khác.",
    token: "Mã",
    tokenUnclear: "Mã chỉ gồm chữ cái, chữ số, - và _. Hãy sao chép toàn bộ.",
    open: "Mở",

    noTracker:
      "Nó không nêu tracker nào. Daemon chỉ tìm được người khác trong mạng của nó, hoặc qua DHT nếu đã bật.",
    readyToSend: "Sẵn sàng. Giờ hãy gửi liên kết cho ai đó.",
    waitingForParts: (count) => `Đã kết nối với ${number(count)} người, đang chờ các phần còn thiếu.`,
    complete: (folder) => `Mọi mảnh đã được kiểm tra. Các tệp nằm trên máy của daemon, trong ${folder}.`,
    linkOnlyHere: "Liên kết chỉ dùng được khi daemon đang chạy: chưa có ai khác có đủ tệp.",
    linkOnlyHereNow: (left) =>
      `Liên kết chỉ dùng được khi daemon đang chạy: không ai khác có đủ tệp đang trực tuyến (${number(left)} người từng có đủ và đã rời đi).`,
    linkWithoutPage: (others) =>
      `${number(others)} người khác có đủ tệp, nên liên kết dùng được mà không cần daemon khi họ đang trực tuyến.`,

    data: (folder) =>
      `Những gì daemon đang có của nó nằm trong ${folder}. Hãy giữ các tệp nếu bạn còn cần: thêm lại liên kết, và daemon sẽ tiếp tục với những gì đang có.`,
    severalData:
      "Những gì daemon đang có của các lượt tải xuống nằm trên đĩa của nó. Hãy giữ các tệp nếu bạn còn cần: thêm lại các liên kết, và daemon sẽ tiếp tục với những gì đang có.",
    removeAndDelete: "Gỡ và xóa tệp",
    removeAndKeep: "Gỡ, giữ tệp",

    ownTracker: "Của chính daemon.",
    noSpeed:
      "Không có gì di chuyển từ khi trang này được mở, hoặc trong 15 phút qua. Khi có, tốc độ sẽ được vẽ ở đây.",
    limitsNote:
      "Cho tất cả torrent của daemon cộng lại, ví dụ 500 kB/s hoặc 2 MB/s; chỉ ghi số thì tính bằng kB/s. Để trống: không giới hạn.",
    mostPeersNote: (least, most) =>
      `Của tất cả torrent của daemon cộng lại, từ ${number(least)} đến ${number(most)}. Ít hơn thì đỡ nặng cho máy hoặc bộ định tuyến yếu; nhiều hơn thì tìm được mảnh nhanh hơn. Để trống: nhiều như thường lệ.`,
  },

  views: {
    tryAgain: "Thử lại",
    notFound: "Không tìm thấy",
    nothingHere: "Không có gì ở địa chỉ này. Có thể liên kết chưa đầy đủ.",
    previous: "Trước",
    next: "Tiếp",
    noPeers: "Lúc này không có ai chia sẻ. Bạn vẫn có thể tải: việc tải sẽ bắt đầu khi có người trực tuyến.",
    peer: "Máy ngang hàng",
    progress: "Tiến độ",
    slot: "Chỗ gửi",
    lastSeen: "Thấy lần cuối",
    browser: "Trình duyệt",
    desktop: "Máy tính",
    slots: { free: "còn trống", busy: "đang bận", unknown: "không rõ" },
  },

  catalog: {
    title: "Danh mục",
    introduction: "Những gì mọi người đã đăng tại tracker này. Tệp đến từ họ, không phải từ tracker.",
    empty: "Chưa có ai đăng gì. Hãy chia sẻ một tệp, rồi bấm Đăng lên danh mục ở mục của tệp đó.",
    nothingFound: (text) => `Không có gì khớp với “${text}”. Hãy thử ít từ hơn hoặc từ ngắn hơn.`,
    search: "Tìm trong danh mục",
    searchHint: "Tìm theo tên, mô tả hoặc tệp",
    order: "Sắp xếp",
    orders: { newest: "Mới nhất", seeders: "Nhiều người có nhất", name: "Tên" },
    entries: (count) => `${number(count)} mục`,
    entriesSoFar: (count) => `Đến giờ ${number(count)} mục`,
    showMore: "Xem thêm",
    seen: (when) => `thấy ${when}`,
    published: (when) => `đăng ${when}`,
    publishedBy: (when, name) => `${name} đăng ${when}`,
    neverSeeded: "Chưa có ai chia sẻ mục này.",
    unseededForAMoment: "Vừa mới đây không còn ai chia sẻ mục này.",
    unseededFor: (time) => `Đã ${time} không có ai chia sẻ mục này.`,
    unseededSince: (day) => `Không có ai chia sẻ mục này từ ${day}.`,
    leaves: (when) => `Nếu vẫn không có ai, mục này sẽ rời danh mục ${when}.`,
    download: "Tải xuống",
    getTorrent: "Lấy tệp .torrent",
    withKey:
      "Tệp .torrent này sẽ mang một khóa của bạn, để các chương trình BitTorrent có thể dùng nó mà báo với tracker. Đừng chuyển cho người khác.",
    whoHasIt: "Ai có mục này",
    files: "Danh sách tệp",
    andMore: (count) => `… và ${number(count)} tệp nữa.`,
    piecesOf: (count, length) => `${number(count)} mảnh, mỗi mảnh ${length}`,
    infoHash: (infoHash) => `info-hash ${infoHash}`,

    show: "Đăng lên danh mục",
    takeOut: "Gỡ khỏi danh mục",
    takeOutQuestion: "Gỡ mục này khỏi danh mục? Liên kết chia sẻ vẫn dùng được.",
    inCatalog: "Có trong danh mục",
    publishedNote: "mọi người tìm thấy ở đó mà không cần liên kết.",
    publishNote:
      "Ai mở danh mục của tracker này cũng sẽ tìm thấy. Hãy giữ trang này mở, nếu không sẽ không ai tải được.",
    description: "Mô tả (không bắt buộc)",
    publish: "Đăng",
    publishFile: "Đăng một tệp .torrent",
    publishFileNote: "Dành cho torrent bạn chia sẻ ở nơi khác. Các tracker mà tệp nêu sẽ bị bỏ đi.",
    torrentFile: "Tệp .torrent",
    isPublished: (name) => `${name} đã có trong danh mục.`,
  },

  tracker: {
    title: "Tracker này",
    introduction: "Tất cả những ai đang chia sẻ hoặc tải xuống nhờ tracker này. Không tệp nào đi qua nó.",
    peers: "Máy ngang hàng",
    swarms: "Nhóm chia sẻ",
    announces: "Lượt báo mỗi phút",
    uptime: "Đã chạy",
    noSwarms: "Lúc này không có gì trong danh mục được chia sẻ.",
    otherSwarms: (count) => `… và ${number(count)} nhóm nữa.`,
    hiddenSwarms: (count) => `… và ${number(count)} nhóm nữa, nhỏ hơn hoặc không có trong danh mục.`,
    nodes: "Nút",
    address: "Địa chỉ",
    connections: "Kết nối",
    started: "Bắt đầu",
    speaksHttps: "Tracker này cũng hỗ trợ https.",
    howToTrust: "Cách để thiết bị của bạn tin nó",
  },

  account: {
    title: "Tài khoản",
    logIn: "Đăng nhập",
    logOut: "Đăng xuất",
    logInToGoOn: "Đăng nhập để tiếp tục",
    logInToGoOnText:
      "Tracker này chỉ giới thiệu những người có tài khoản với nhau. Sau khi bạn đăng nhập, các tệp của bạn sẽ tự tiếp tục.",
    unknown: (problem) => `Trang này không biết ai đang đăng nhập. ${problem} Trang cũng sẽ tự thử lại.`,
    isAdmin: "Bạn là quản trị viên của tracker này.",
    isMember: "Bạn đã đăng nhập.",
    name: "Tên",
    password: "Mật khẩu",
    passwordHint: "Ít nhất 8 ký tự. Không ai có thể gửi lại mật khẩu đã quên cho bạn.",
    register: "Đăng ký",
    registerInstead: "Đăng ký tài khoản mới",
    hasAccount: "Tôi đã có tài khoản",
    registrationClosed: "Đã đóng đăng ký. Hãy xin tài khoản từ người điều hành tracker này.",
    runsTracker: "Tôi điều hành tracker này",
    code: "Mã trên màn hình lệnh của tracker",
    codeHint: "Chỉ khi bạn điều hành tracker này: màn hình lệnh của nó hiện mã cho quản trị viên đầu tiên.",
    becomeAdmin: "Trở thành quản trị viên",
    currentPassword: "Mật khẩu hiện tại",
    newPassword: "Mật khẩu mới",
    changePassword: "Đổi mật khẩu",
    passwordChanged: "Đã đổi mật khẩu. Mọi trình duyệt khác đã bị đăng xuất.",
    deleteTitle: "Xóa tài khoản này",
    deleteText:
      "Thao tác này xóa tài khoản, các khóa và mọi thứ bạn đã đăng. Tệp của bạn vẫn ở trên thiết bị.",
    yourPassword: "Mật khẩu của bạn",
    deleteIt: "Xóa tài khoản của tôi",
  },

  keys: {
    title: "Khóa",
    introduction:
      "Khóa cho phép một chương trình BitTorrent hoặc tabswarm seed báo với tracker dưới tên bạn. Hãy cấp cho mỗi chương trình một khóa riêng, để có thể thu hồi riêng khóa đó.",
    none: "Bạn chưa có khóa nào. Hãy tạo một khóa cho mỗi chương trình cần báo với tracker dưới tên bạn.",
    copyNow: "Hãy sao chép ngay: tracker không giữ bản nào và sẽ không hiện lại.",
    key: "Khóa",
    copyKey: "Chép khóa",
    announceUrl: (kind) => `Địa chỉ announce (${kind})`,
    copyUrl: "Chép địa chỉ",
    neverUsed: "Chưa dùng lần nào",
    lastUsed: (when) => `Dùng lần cuối ${when}`,
    made: (when) => `tạo ${when}`,
    endless: "không hết hạn",
    expires: (when) => `hết hạn ${when}`,
    replace: "Thay",
    replaceHint: "Khóa cũ còn dùng được một ngày, để bạn kịp nhập khóa mới ở mọi nơi.",
    revoke: "Thu hồi",
    revokeQuestion: (name) => `Thu hồi “${name}”? Chương trình nào dùng khóa này sẽ ngừng ngay.`,
    newName: "Tên của khóa mới",
    lifetime: "Thời hạn của khóa",
    lifetimes: { forever: "Không hết hạn", days30: "Hết hạn sau 30 ngày", days365: "Hết hạn sau một năm" },
    make: "Tạo khóa",
  },

  accounts: {
    title: "Các tài khoản",
    registration: "Đăng ký",
    isOpen: "Đang mở: ai truy cập được tracker này cũng có thể đăng ký.",
    isClosed: "Đang đóng: chỉ người có tài khoản mới đăng nhập được.",
    open: "Mở đăng ký",
    close: "Đóng đăng ký",
    everybody: "Mọi người",
    you: "Bạn",
    admin: "quản trị viên",
    banned: (when) => `bị cấm ${when}`,
    registered: (when) => `đăng ký ${when}`,
    ban: "Cấm",
    liftBan: "Bỏ cấm",
    makeAdmin: "Cho làm quản trị viên",
    takeAdmin: "Thôi làm quản trị viên",
    remove: "Xóa",
    removeQuestion: (name) =>
      `Xóa tài khoản “${name}” cùng các khóa và mọi thứ đã đăng? Không ai có thể hoàn tác việc này.`,
  },

  engine: new Map([
    ["{} is too large to be a .torrent file.", "{} quá lớn so với một tệp .torrent."],
    ["The browser could not read {}. Choose it again.", "Trình duyệt không đọc được {}. Hãy chọn lại."],
    [
      "The daemon does not answer. Look whether it runs, then try again.",
      "Daemon không trả lời. Hãy xem nó có đang chạy không, rồi thử lại.",
    ],
    [
      "The daemon does not know this page's token. Open the address that it printed at its start.",
      "Daemon không biết mã của trang này. Hãy mở địa chỉ mà nó in ra khi khởi động.",
    ],
    [
      "The daemon gave no address of this file. Update it, or the page.",
      "Daemon không cho địa chỉ của tệp này. Hãy cập nhật daemon hoặc trang này.",
    ],
    [
      "This page sends no files to the daemon. Put them on its machine, then type their path here, or share them there with: tabswarm add PATH",
      "Trang này không gửi tệp cho daemon. Hãy chép chúng vào máy của nó rồi nhập đường dẫn ở đây, hoặc chia sẻ chúng ở đó bằng: tabswarm add PATH",
    ],
    [
      "The browser could not read what was shared with this page. Share it once more.",
      "Trình duyệt không đọc được nội dung đã chia sẻ với trang này. Hãy chia sẻ lại lần nữa.",
    ],
    [
      "Something went wrong in this page, and it is not your fault. Reload it; if that does not help, report what the browser's console says.",
      "Trang này gặp lỗi, và không phải do bạn. Hãy tải lại trang; nếu vẫn không được, hãy báo những gì bảng điều khiển của trình duyệt ghi lại.",
    ],
    [
      "This file is not complete yet. Wait until it is, then save it.",
      "Tệp này chưa tải xong. Hãy chờ tải xong rồi lưu.",
    ],
    [
      "This browser does not let the page store anything, so you cannot download. Leave private browsing or allow site data, then reload.",
      "Trình duyệt này không cho trang lưu trữ gì, nên bạn không tải xuống được. Hãy thoát chế độ riêng tư hoặc cho phép dữ liệu trang web, rồi tải lại trang.",
    ],
    [
      "You opened a newer version of this page in another tab. Reload this tab to continue.",
      "Bạn đã mở phiên bản mới hơn của trang này trong thẻ khác. Hãy tải lại thẻ này để tiếp tục.",
    ],
    [
      "The browser could not store this, so it will be lost when you close the page. Free space on this device and reload.",
      "Trình duyệt không lưu trữ được mục này, nên nó sẽ mất khi bạn đóng trang. Hãy giải phóng dung lượng trên thiết bị này rồi tải lại trang.",
    ],
    [
      "Somebody deleted this page's data in the browser. Reload the page to start again.",
      "Có người đã xóa dữ liệu của trang này trong trình duyệt. Hãy tải lại trang để bắt đầu lại.",
    ],
    [
      "The browser closed this page's storage. Reload the page to continue.",
      "Trình duyệt đã đóng kho lưu trữ của trang này. Hãy tải lại trang để tiếp tục.",
    ],
    [
      "{} is too large to be a .torrent file. To share it, choose it with Choose files.",
      "{} quá lớn so với một tệp .torrent. Để chia sẻ tệp này, hãy chọn nó bằng nút Chọn tệp.",
    ],
    [
      "{} was changed, moved or deleted after you chose it. Remove this entry and share the file again.",
      "{} đã bị sửa, di chuyển hoặc xóa sau khi bạn chọn. Hãy gỡ bỏ mục này rồi chia sẻ lại tệp.",
    ],
    [
      "A file has changed since you shared it: {}. Nothing of the change was sent, and this encrypted share has ended. Share the files again to get a new link.",
      "Một tệp đã thay đổi kể từ khi bạn chia sẻ: {}. Không phần nào của thay đổi đó được gửi đi, và lượt chia sẻ mã hóa này đã kết thúc. Hãy chia sẻ lại các tệp để có liên kết mới.",
    ],
    [
      "This entry shares your own files, and the page never writes to them.",
      "Mục này chia sẻ tệp của chính bạn, và trang không bao giờ ghi vào đó.",
    ],
    [
      "Left out: 1 file that the system made (.DS_Store, Thumbs.db or desktop.ini).",
      "Đã bỏ qua 1 tệp do hệ thống tạo ra (.DS_Store, Thumbs.db hoặc desktop.ini).",
    ],
    [
      "Left out: {} files that the system made (.DS_Store, Thumbs.db or desktop.ini).",
      "Đã bỏ qua {} tệp do hệ thống tạo ra (.DS_Store, Thumbs.db hoặc desktop.ini).",
    ],
    [
      "The link leads to {}, which is on plain http, and the browser does not let this page on https ask there. If nobody is found here, {}.",
      "Liên kết dẫn đến {}, dùng http thường, và trình duyệt không cho trang https này hỏi ở đó. Nếu ở đây không tìm được ai, {}.",
    ],
    ["open it on a page that is on plain http", "hãy mở nó trên một trang dùng http thường"],
    ["open the link itself in a new tab", "hãy mở chính liên kết đó trong một thẻ mới"],
    [
      "The page could not load a part of itself. Check your connection, then reload the page.",
      "Trang không tải được một phần của chính nó. Hãy kiểm tra kết nối rồi tải lại trang.",
    ],
    ["This torrent has that tracker already.", "Torrent này đã có tracker đó."],
    [
      "A torrent has {} trackers at most. Take out one of the others first.",
      "Một torrent có nhiều nhất {} tracker. Hãy bỏ bớt một tracker khác trước.",
    ],
    [
      "This torrent is private: only the trackers that it names may know of it, so you cannot add others.",
      "Torrent này là riêng tư: chỉ các tracker mà nó nêu được biết đến nó, nên bạn không thể thêm tracker khác.",
    ],
    [
      "That is no address of a tracker. Type one such as wss://tracker.example.org/announce.",
      "Đó không phải là địa chỉ của tracker. Hãy nhập địa chỉ như wss://tracker.example.org/announce.",
    ],
    [
      "A browser can ask only trackers whose address begins with wss:// or ws://. If {} speaks WebSocket, type that address.",
      "Trình duyệt chỉ hỏi được những tracker có địa chỉ bắt đầu bằng wss:// hoặc ws://. Nếu {} hỗ trợ WebSocket, hãy nhập địa chỉ đó.",
    ],
    [
      "This page is on https, so the browser lets it ask only trackers whose address begins with wss://.",
      "Trang này dùng https, nên trình duyệt chỉ cho hỏi những tracker có địa chỉ bắt đầu bằng wss://.",
    ],
    [
      "That address is in a private network and does not look like a tracker's. There, the path must be / or /announce and the port 1024 or higher.",
      "Địa chỉ đó nằm trong mạng riêng và không giống địa chỉ của tracker. Ở đó, đường dẫn phải là / hoặc /announce và cổng từ 1024 trở lên.",
    ],
    [
      "{} has changed since you shared it. Share it again to get a new link, or choose the unchanged files.",
      "{} đã thay đổi từ khi bạn chia sẻ. Hãy chia sẻ lại để có liên kết mới, hoặc chọn các tệp chưa thay đổi.",
    ],
    [
      "The browser's storage is full. Free space on this device or remove other downloads here, then press Resume.",
      "Bộ nhớ của trình duyệt đã đầy. Hãy giải phóng dung lượng trên thiết bị này hoặc gỡ bỏ các mục tải xuống khác ở đây, rồi bấm Tiếp tục.",
    ],
    [
      "The browser could not store a piece. Check that the device has free space, reload the page and press Resume.",
      "Trình duyệt không lưu trữ được một mảnh. Hãy kiểm tra xem thiết bị còn chỗ trống không, tải lại trang rồi bấm Tiếp tục.",
    ],
    [
      "Some of this download is missing from the browser's storage. The page fetches it again: save the download once it is complete.",
      "Một phần của mục này đã mất khỏi kho lưu trữ của trình duyệt. Trang đang tải lại phần đó: hãy lưu khi tải xong.",
    ],
    [
      "The browser could not write to that folder. Check that it has free space, or choose another one.",
      "Trình duyệt không ghi được vào thư mục đó. Hãy kiểm tra xem còn chỗ trống không, hoặc chọn thư mục khác.",
    ],
    [
      "A piece in the browser's storage is damaged. Remove the download with its data and fetch it again.",
      "Một mảnh trong kho lưu trữ của trình duyệt bị hỏng. Hãy gỡ bỏ mục này cùng dữ liệu rồi tải lại.",
    ],
    [
      "This browser keeps no settings for this page, so they hold only until you close it.",
      "Trình duyệt này không giữ cài đặt cho trang, nên chúng chỉ có hiệu lực đến khi bạn đóng trang.",
    ],
    [
      "{} has changed: its size is different. Share it again to get a new link.",
      "{} đã thay đổi: dung lượng khác trước. Hãy chia sẻ lại để có liên kết mới.",
    ],
    [
      "{} is not among the files you chose. Choose the same files or the same folder again.",
      "{} không nằm trong các tệp bạn chọn. Hãy chọn lại đúng các tệp hoặc thư mục đó.",
    ],
    [
      "This browser has no WebRTC, or it is turned off, so it cannot connect to anybody. Use a current Chrome, Edge, Firefox or Safari.",
      "Trình duyệt này không có WebRTC, hoặc WebRTC bị tắt, nên không kết nối được với ai. Hãy dùng bản mới của Chrome, Edge, Firefox hoặc Safari.",
    ],
    [
      "Somebody deleted this page's data in the browser, and with it what was downloaded here. The page fetches it again, as long as others have it.",
      "Có người đã xóa dữ liệu của trang này trong trình duyệt, cùng với những gì đã tải ở đây. Trang đang tải lại, miễn là người khác còn giữ.",
    ],
    [
      "The part of this page that moves files crashed, perhaps for lack of memory. The page has started it again, and everything goes on.",
      "Phần truyền tệp của trang này đã gặp sự cố, có thể vì thiếu bộ nhớ. Trang đã khởi động lại phần đó, và mọi thứ tiếp tục.",
    ],
    [
      "The part of this page that moves files keeps crashing. Close other tabs to free memory, then reload the page: what is here stays.",
      "Phần truyền tệp của trang này liên tục gặp sự cố. Hãy đóng bớt thẻ khác để giải phóng bộ nhớ, rồi tải lại trang: những gì ở đây vẫn còn.",
    ],
    [
      "The part of this page that moves files crashed meanwhile. Try it once more.",
      "Phần truyền tệp của trang này vừa gặp sự cố. Hãy thử lại lần nữa.",
    ],
    [
      "This page cannot reach the tracker. Check your connection, then try again.",
      "Trang này không liên lạc được với tracker. Hãy kiểm tra kết nối rồi thử lại.",
    ],
    [
      "This page does not understand the tracker's answer. Reload the page, then try again.",
      "Trang này không hiểu câu trả lời của tracker. Hãy tải lại trang rồi thử lại.",
    ],
    [
      "The tracker answered with status {}. Try again in a minute.",
      "Tracker trả lời với mã trạng thái {}. Hãy thử lại sau một phút.",
    ],
    [
      "You are no longer logged in. Log in again, and your files go on by themselves.",
      "Bạn không còn đăng nhập. Hãy đăng nhập lại, và các tệp của bạn sẽ tự tiếp tục.",
    ],
    [
      "The list of files is not here yet. Publish it once somebody has sent the list.",
      "Chưa có danh sách tệp ở đây. Hãy đăng khi đã nhận được danh sách.",
    ],
    [
      "That file is too large to be a .torrent file. Choose the .torrent, not the file that it describes.",
      "Tệp đó quá lớn so với một tệp .torrent. Hãy chọn tệp .torrent, không phải tệp mà nó mô tả.",
    ],
    [
      "The browser could not read that file. Choose it again.",
      "Trình duyệt không đọc được tệp đó. Hãy chọn lại.",
    ],
    [
      "It is in the catalog, but the browser could not store the key that takes it out again. Take it out before you close this page, or an administrator must do it.",
      "Mục này đã có trong danh mục, nhưng trình duyệt không lưu được khóa để gỡ nó ra. Hãy gỡ trước khi bạn đóng trang này, nếu không phải nhờ quản trị viên.",
    ],
    [
      "Every peer that has piece {} sent it damaged. The download goes on when a peer with a good copy comes.",
      "Mọi máy có mảnh {} đều gửi bản hỏng. Việc tải sẽ tiếp tục khi có máy giữ bản tốt.",
    ],
    ["too many torrents wait for this tracker to open", "có quá nhiều torrent đang chờ tracker này"],
    ["the tracker does not answer", "tracker không trả lời"],
    ["the tracker hung up", "tracker đã ngắt kết nối"],
    ["the tracker hung up: {}", "tracker đã ngắt kết nối: {}"],
    ["the connection failed", "không kết nối được"],
    [
      "There are no files in it. Choose at least one file.",
      "Không có tệp nào trong đó. Hãy chọn ít nhất một tệp.",
    ],
    [
      'A torrent cannot be called "{}". Choose another name.',
      "Torrent không thể có tên “{}”. Hãy chọn tên khác.",
    ],
    [
      'A torrent cannot hold a file called "{}". Rename it and try again.',
      "Torrent không thể chứa tệp tên “{}”. Hãy đổi tên rồi thử lại.",
    ],
    [
      'Two of the things you chose are called "{}". Rename one, or put all of them into one folder and choose that.',
      "Hai trong số những mục bạn chọn cùng có tên “{}”. Hãy đổi tên một mục, hoặc đưa tất cả vào một thư mục rồi chọn thư mục đó.",
    ],
    [
      "One torrent holds at most 64 TiB. Choose less.",
      "Một torrent chứa nhiều nhất 64 TiB. Hãy chọn ít hơn.",
    ],
    [
      "That is too much for one torrent. Choose fewer files, or a longer piece length.",
      "Chừng đó là quá nhiều cho một torrent. Hãy chọn ít tệp hơn, hoặc độ dài mảnh lớn hơn.",
    ],
    [
      "This torrent is of BitTorrent version 2 only, which Tabswarm does not speak. Ask for a version 1 or hybrid torrent.",
      "Torrent này chỉ dùng BitTorrent phiên bản 2, mà Tabswarm không hỗ trợ. Hãy xin torrent phiên bản 1 hoặc loại kết hợp.",
    ],
    [
      "This torrent is damaged: {}. Get the torrent again from where you found it.",
      "Torrent này bị hỏng: {}. Hãy lấy lại torrent từ nơi bạn tìm thấy.",
    ],
    [
      "This is not a whole torrent ({}). Get it again and retry.",
      "Đây không phải là một torrent trọn vẹn ({}). Hãy lấy lại rồi thử lần nữa.",
    ],
    [
      "The torrent's metadata is larger than 10 MB, which is more than Tabswarm accepts.",
      "Thông tin của torrent lớn hơn 10 MB, quá mức mà Tabswarm nhận.",
    ],
    [
      "The torrent has pieces longer than 64 MiB, which is more than Tabswarm accepts.",
      "Torrent có mảnh dài hơn 64 MiB, quá mức mà Tabswarm nhận.",
    ],
    [
      "The torrent is larger than 64 TiB, which is more than Tabswarm accepts.",
      "Torrent lớn hơn 64 TiB, quá mức mà Tabswarm nhận.",
    ],
    ["There is nothing to open.", "Không có gì để mở."],
    ["That text is too long for a link.", "Văn bản đó quá dài so với một liên kết."],
    ["That names no torrent.", "Nội dung đó không nêu torrent nào."],
    ["That magnet link names no torrent.", "Liên kết magnet đó không nêu torrent nào."],
    ["A link was left out. {}", "Đã bỏ qua một liên kết. {}"],
    [
      "The text is too long: only its first {} characters were read.",
      "Văn bản quá dài: chỉ đọc {} ký tự đầu.",
    ],
    ["Only the first {} links were taken.", "Chỉ nhận {} liên kết đầu tiên."],
    [
      "Trackers left out, as their addresses are invalid or there are too many: {}.",
      "Số tracker đã bỏ qua, vì địa chỉ không hợp lệ hoặc có quá nhiều: {}.",
    ],
    [
      "Some of its text is neither UTF-8 nor in the encoding it declares, so names may look wrong.",
      "Một phần văn bản trong đó không theo UTF-8 hay bảng mã mà nó khai, nên tên có thể hiển thị sai.",
    ],
    [
      "Some of its UTF-8 names cannot be used, so the plain ones were taken.",
      "Một số tên UTF-8 trong đó không dùng được, nên đã dùng tên thường.",
    ],
    [
      "Some of its names are too long for a file system and were cut.",
      "Một số tên trong đó quá dài đối với hệ thống tệp và đã bị cắt.",
    ],
    [
      "The file is larger than a .torrent file can be. Choose another one.",
      "Tệp lớn hơn mức của một tệp .torrent. Hãy chọn tệp khác.",
    ],
    [
      "Paste a magnet link (magnet:?xt=urn:btih:…), a share link, or the 40 characters of an info-hash.",
      "Hãy dán một liên kết magnet (magnet:?xt=urn:btih:…), một liên kết chia sẻ, hoặc 40 ký tự của một info-hash.",
    ],
    [
      "The link's choice of files (so=…) cannot be read. Remove that part of the link to get all files.",
      "Không đọc được phần chọn tệp của liên kết (so=…). Hãy bỏ phần đó đi để lấy mọi tệp.",
    ],
    [
      "Registration is closed. Ask whoever runs the tracker.",
      "Đã đóng đăng ký. Hãy hỏi người điều hành tracker.",
    ],
    ["The name or the password is wrong.", "Tên hoặc mật khẩu không đúng."],
    [
      "Your account is banned. Ask whoever runs the tracker.",
      "Tài khoản của bạn bị cấm. Hãy hỏi người điều hành tracker.",
    ],
    ["That is not your password.", "Đó không phải là mật khẩu của bạn."],
    ["Somebody has that name already. Choose another one.", "Đã có người dùng tên đó. Hãy chọn tên khác."],
    [
      "A name has 1 to {} letters and digits of one script, and between them single spaces, dots, hyphens or underscores.",
      "Tên gồm 1 đến {} chữ cái và chữ số của cùng một hệ chữ, giữa chúng chỉ có từng dấu cách, dấu chấm, gạch nối hoặc gạch dưới.",
    ],
    [
      "A password has at least {} characters, and at most {} bytes.",
      "Mật khẩu có ít nhất {} ký tự và nhiều nhất {} byte.",
    ],
    ["There is no account of that name.", "Không có tài khoản nào tên đó."],
    [
      "This is the only administrator. Make somebody else one first.",
      "Đây là quản trị viên duy nhất. Hãy cho người khác làm quản trị viên trước.",
    ],
    [
      "That code is wrong or was used. While there is no administrator, the tracker prints one when it starts.",
      "Mã đó sai hoặc đã dùng rồi. Khi chưa có quản trị viên, tracker in ra một mã lúc khởi động.",
    ],
    [
      "Too many people are logging in at this moment. Try again in a few seconds.",
      "Lúc này có quá nhiều người đang đăng nhập. Hãy thử lại sau vài giây.",
    ],
    ["You have no such key, or it was revoked already.", "Bạn không có khóa đó, hoặc nó đã bị thu hồi."],
    [
      "An account has at most {} keys. Revoke one that you no longer use.",
      "Một tài khoản có nhiều nhất {} khóa. Hãy thu hồi một khóa bạn không còn dùng.",
    ],
    ["That was tried too often. Try again in {}.", "Đã thử quá nhiều lần. Hãy thử lại sau {}."],
    [
      "You have published as much as one may here. Unpublish something first.",
      "Bạn đã đăng hết mức cho phép ở đây. Hãy gỡ bớt một mục trước.",
    ],
    [
      "The catalog is full. Try again later: entries that nobody seeds are removed.",
      "Danh mục đã đầy. Hãy thử lại sau: những mục không ai chia sẻ sẽ bị gỡ.",
    ],
    ["This torrent was removed.", "Torrent này đã bị xóa."],
    ["This torrent is in the catalog already.", "Torrent này đã có trong danh mục."],
    ["This torrent is not in the catalog.", "Torrent này không có trong danh mục."],
    [
      "Only who published this torrent may remove it, or an administrator.",
      "Chỉ người đã đăng torrent này hoặc quản trị viên mới gỡ được.",
    ],
    ["Search for at most {} words at once.", "Hãy tìm nhiều nhất {} từ mỗi lần."],
    [
      "The tracker's database is unavailable. Try again in a minute.",
      "Cơ sở dữ liệu của tracker không dùng được. Hãy thử lại sau một phút.",
    ],
    [
      "The tracker met an error. It has been logged; please tell its operator.",
      "Tracker gặp lỗi. Lỗi đã được ghi lại; hãy báo cho người điều hành.",
    ],
    [
      "This tracker is for people with an account. Log in first.",
      "Tracker này dành cho người có tài khoản. Hãy đăng nhập trước.",
    ],
    [
      "Too much is on its way between your network and the tracker. Try again in a few seconds.",
      "Có quá nhiều yêu cầu giữa mạng của bạn và tracker. Hãy thử lại sau vài giây.",
    ],
    ["{} was opened. Please note: {}", "Đã mở {}. Xin lưu ý: {}"],
    ["{} trailing bytes", "thừa {} byte ở cuối"],
    ["duplicate key {}", "khóa {} bị trùng"],
    ["a number is malformed", "có một số viết sai dạng"],
    ["values are nested deeper than {}", "các giá trị lồng nhau sâu quá {} lớp"],
    ["more than {} values", "nhiều hơn {} giá trị"],
    ["no value starts at byte {}", "không có giá trị nào bắt đầu ở byte {}"],
    ["it does not start with a dictionary", "không bắt đầu bằng một từ điển"],
    ["a key of {} bytes", "có khóa dài {} byte"],
    ["malformed string length at byte {}", "độ dài chuỗi viết sai dạng ở byte {}"],
    ["a string of {} bytes is truncated", "một chuỗi {} byte bị cụt"],
    ["malformed number at byte {}", "số viết sai dạng ở byte {}"],
    ["the end is missing", "thiếu phần cuối"],
    ["{} bytes too many", "thừa {} byte"],
    ["{} bytes missing", "thiếu {} byte"],
    ["its info dictionary has trailing bytes", "từ điển info có byte thừa ở cuối"],
    ["its info is not a dictionary", "phần info không phải là từ điển"],
    ["it has no hashes of its pieces", "không có mã băm của các mảnh"],
    ["it has {} bytes of hashes for {} pieces", "có {} byte mã băm cho {} mảnh"],
    ["it has no name", "không có tên"],
    ["its list of files is empty", "danh sách tệp trống"],
    ["its list of files has an entry that is not a file", "danh sách tệp có một mục không phải là tệp"],
    ["a file has no name, or one that is not text", "có tệp không có tên, hoặc tên không phải là văn bản"],
    ["a file has no size", "có tệp không ghi dung lượng"],
    ["it does not say how long its pieces are", "không ghi độ dài của các mảnh"],
    ["it has no info dictionary", "không có từ điển info"],
    ["it is not what the hash names", "đó không phải là nội dung mà mã băm chỉ đến"],
    [
      'The key "{}" occurs twice: the first one counts.',
      "Khóa “{}” xuất hiện hai lần: khóa đầu tiên được dùng.",
    ],
    ["1 trailing byte was ignored.", "Đã bỏ qua 1 byte thừa ở cuối."],
    ["{} trailing bytes were ignored.", "Đã bỏ qua {} byte thừa ở cuối."],
    ["1 number in it cannot be read and was ignored.", "Có 1 số không đọc được và đã bị bỏ qua."],
    ["{} numbers in it cannot be read and were ignored.", "Có {} số không đọc được và đã bị bỏ qua."],
    [
      "1 symbolic link in it is neither saved nor shared.",
      "Có 1 liên kết tượng trưng không được lưu cũng không được chia sẻ.",
    ],
    [
      "{} symbolic links in it are neither saved nor shared.",
      "Có {} liên kết tượng trưng không được lưu cũng không được chia sẻ.",
    ],
    ["Left out invalid tracker addresses: {}.", "Đã bỏ qua địa chỉ tracker không hợp lệ: {}."],
    ["{} and {} more", "{} và {} địa chỉ nữa"],
    [
      "Only the first {} trackers were read; {} more were left out.",
      "Chỉ đọc {} tracker đầu tiên; đã bỏ qua {} tracker nữa.",
    ],
    [
      "It names 1 web seed of an old kind (BEP 17), which Tabswarm does not use.",
      "Torrent nêu 1 nguồn web kiểu cũ (BEP 17), mà Tabswarm không dùng.",
    ],
    [
      "It names {} web seeds of an old kind (BEP 17), which Tabswarm does not use.",
      "Torrent nêu {} nguồn web kiểu cũ (BEP 17), mà Tabswarm không dùng.",
    ],
    [
      "This share needs its key, which is the part &k=… of its share link. Ask for the whole link, and paste it here.",
      "Phần chia sẻ này cần khóa, tức là phần &k=… trong liên kết chia sẻ. Hãy xin toàn bộ liên kết rồi dán vào đây.",
    ],
    [
      "The key in this link is not that of the share. Copy the whole link again, or ask for it once more.",
      "Khóa trong liên kết này không phải là khóa của phần chia sẻ. Hãy sao chép lại toàn bộ liên kết, hoặc xin lại liên kết.",
    ],
    [
      "This encrypted share is cut off: its list names more than the torrent holds. Ask for a new link.",
      "Phần chia sẻ được mã hóa này bị cắt cụt: danh sách của nó nêu nhiều hơn những gì torrent có. Hãy xin một liên kết mới.",
    ],
    [
      "Record {} of this encrypted share cannot be decrypted: it was damaged, or belongs elsewhere. Nothing of it is saved. Ask for a new link.",
      "Không giải mã được bản ghi {} của phần chia sẻ được mã hóa này: nó bị hỏng hoặc thuộc về nơi khác. Không phần nào của nó được lưu. Hãy xin một liên kết mới.",
    ],
    [
      "The list of files in this encrypted share is damaged. Ask for a new link.",
      "Danh sách tệp trong phần chia sẻ được mã hóa này bị hỏng. Hãy xin một liên kết mới.",
    ],
    [
      "The list of files in this encrypted share is larger than 10 MB, which is more than Tabswarm accepts. Ask for a share of fewer files.",
      "Danh sách tệp trong phần chia sẻ được mã hóa này lớn hơn 10 MB, quá mức mà Tabswarm nhận. Hãy xin một phần chia sẻ ít tệp hơn.",
    ],
    [
      "This encrypted share is damaged: its padding is not empty. Ask for a new link.",
      "Phần chia sẻ được mã hóa này bị hỏng: phần đệm của nó không trống. Hãy xin một liên kết mới.",
    ],
    [
      "The link has a key, but what it leads to is no encrypted share that this page can read. Copy the whole link again.",
      "Liên kết này có khóa, nhưng nội dung của nó không phải là một phần chia sẻ được mã hóa mà trang này đọc được. Hãy sao chép lại toàn bộ liên kết.",
    ],
    [
      "The key in this share link is damaged: what follows &k= must be 43 letters, digits, - and _. Copy the whole link again.",
      "Khóa trong liên kết chia sẻ này bị hỏng: sau &k= phải là 43 chữ cái, chữ số, - và _. Hãy sao chép lại cả liên kết.",
    ],
    ["Left out invalid web seeds: {}.", "Đã bỏ qua nguồn web không hợp lệ: {}."],
    [
      "Only the first {} web seeds were read; {} more were left out.",
      "Chỉ đọc {} nguồn web đầu tiên; đã bỏ qua {} nguồn nữa.",
    ],
    [
      "it sends other data than the torrent's; its files were changed, or are damaged",
      "nó gửi dữ liệu khác với torrent; các tệp của nó đã bị thay đổi hoặc bị hỏng",
    ],
    ["it sends too slowly, or nothing", "nó gửi quá chậm, hoặc không gửi gì"],
    ["it sent less than it was asked for", "nó gửi ít hơn những gì được hỏi"],
    ["no address can name this file", "không địa chỉ nào gọi tên được tệp này"],
    ["this program fetches nothing from web servers", "chương trình này không tải gì từ máy chủ web"],
    [
      "it does not send parts of files (it must answer requests with a Range header)",
      "nó không gửi từng phần của tệp (nó phải trả lời yêu cầu có tiêu đề Range)",
    ],
    [
      "it compresses what it sends, so that parts of files cannot be found in it",
      "nó nén những gì nó gửi, nên không tìm được từng phần của tệp trong đó",
    ],
    [
      "it sends another part of the file than it was asked for",
      "nó gửi một phần khác của tệp so với phần được hỏi",
    ],
    ["its file has another size than the torrent's", "tệp của nó có kích thước khác với tệp của torrent"],
    ["it answers with HTTP status {}", "nó trả lời với trạng thái HTTP {}"],
    [
      "the browser cannot reach it, or it does not let other pages read its files (it must send CORS headers)",
      "trình duyệt không liên lạc được với nó, hoặc nó không cho trang khác đọc tệp của nó (nó phải gửi tiêu đề CORS)",
    ],
    [
      "it is on plain http, and the browser lets a page on https read only from https",
      "nó dùng http thường, mà trình duyệt chỉ cho trang https đọc từ https",
    ],
    [
      "its address is in a private network, and this page is not from there",
      "địa chỉ của nó nằm trong mạng riêng, mà trang này không đến từ đó",
    ],
    ["it ended the connection before it had sent everything", "nó ngắt kết nối trước khi gửi hết"],
    ["its address is in a private network", "địa chỉ của nó nằm trong mạng riêng"],
    ["this browser does not allow it", "trình duyệt này không cho phép"],
    ["the tracker has fallen silent", "tracker đã im lặng"],
    ["the tracker gave no reason", "tracker không nêu lý do"],
    ["no answer", "không có câu trả lời"],
    ["the message is not text", "tin nhắn không phải là văn bản"],
    ["the peer sends too many messages", "máy đó gửi quá nhiều tin nhắn"],
    ["the peer wants another torrent", "máy đó muốn một torrent khác"],
    ["{} bytes at {} of piece {}", "{} byte tại vị trí {} của mảnh {}"],
    ["{} bytes of metadata piece {}", "{} byte của mảnh thông tin {}"],
    ["extended message {}: {}", "tin nhắn mở rộng {}: {}"],
    ["an offer that describes no data channel", "lời mời không mô tả kênh dữ liệu nào"],
    ["an answer that nobody waits for", "câu trả lời mà không ai chờ"],
    ["have of piece {}", "báo có mảnh {}, vốn không tồn tại"],
    ["{} after other messages", "{} sau các tin nhắn khác"],
    ["a bitfield of {} bytes", "danh sách mảnh dài {} byte"],
    ["a bitfield or have that does not fit the torrent", "danh sách mảnh không khớp với torrent"],
    ["a request for {} bytes of piece {}", "yêu cầu {} byte của mảnh {}"],
    ["a message of {} bytes", "tin nhắn dài {} byte"],
    ["a handshake has 68 bytes", "lời chào phải có 68 byte"],
    ["the other side does not speak BitTorrent", "phía bên kia không dùng giao thức BitTorrent"],
    ["an extended handshake must be a dictionary", "lời chào mở rộng phải là một từ điển"],
    ["a metadata message must be a dictionary", "tin nhắn thông tin phải là một từ điển"],
    ["a metadata message must name a piece", "tin nhắn thông tin phải nêu một mảnh"],
    ["metadata must come with its total size", "thông tin phải kèm tổng dung lượng"],
    ["a message about introductions has at most {} bytes", "tin nhắn giới thiệu có nhiều nhất {} byte"],
    ["a message about introductions must be a dictionary", "tin nhắn giới thiệu phải là một từ điển"],
    ["{} bytes do not divide into handles of {}", "{} byte không chia hết thành các ký hiệu dài {}"],
    ["an offer or answer needs a description", "lời mời hoặc câu trả lời cần có mô tả"],
    ["a session description has at most {} bytes", "mô tả phiên có nhiều nhất {} byte"],
    ["a message about introductions needs {} bytes as {}", "tin nhắn giới thiệu cần {} byte cho {}"],
    ["a peer exchange message must be a dictionary", "tin nhắn trao đổi máy phải là một từ điển"],
    ["{} bytes do not divide into addresses of {}", "{} byte không chia hết thành các địa chỉ dài {}"],
    [
      "A piece length is a power of two from 16384 (16 KiB) to 16777216 (16 MiB).",
      "Độ dài mảnh là một lũy thừa của hai, từ 16384 (16 KiB) đến 16777216 (16 MiB).",
    ],
  ]),
};
