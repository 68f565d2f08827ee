/** Gives an error a code: that of a DOMException is read-only. */
module.exports = (error, code) => Object.defineProperty(error, "code", { value: code });
