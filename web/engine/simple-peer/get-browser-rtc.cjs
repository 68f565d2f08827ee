/** simple-peer is always given the browser's WebRTC. */
module.exports = () => undefined;
