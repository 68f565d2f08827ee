/** Every browser that runs the page has it. */
module.exports = queueMicrotask;
