/** We always pass the browser's WebRTC to simple-peer. */
module.exports = () => undefined;
