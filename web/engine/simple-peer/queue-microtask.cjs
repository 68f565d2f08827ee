/** Every browser that runs the page has this. */
module.exports = queueMicrotask;
