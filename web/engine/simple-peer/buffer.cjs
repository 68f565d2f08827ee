/** simple-peer wraps incoming data for its readers, but it has none here. */
module.exports = { Buffer: { from: (data) => data } };
