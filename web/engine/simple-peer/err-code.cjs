/** Sets an error's code. A DOMException's own is read-only. */
module.exports = (error, code) => Object.defineProperty(error, "code", { value: code });
