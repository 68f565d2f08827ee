/** As much of a Node stream as simple-peer touches while nobody reads or writes it: an event emitter that has ended. */
class Duplex {
  #listeners = new Map();
  _readableState = { ended: true };
  _writableState = { finished: true };

  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  once(event, listener) {
    const heard = (...values) => {
      this.removeListener(event, heard);
      listener(...values);
    };
    return this.on(event, heard);
  }

  removeListener(event, listener) {
    this.#listeners.set(
      event,
      (this.#listeners.get(event) ?? []).filter((known) => known !== listener),
    );
    return this;
  }

  emit(event, ...values) {
    const listeners = this.#listeners.get(event) ?? [];
    for (const listener of listeners) listener(...values);
    return listeners.length > 0;
  }

  /** What arrives before `RtcLink` has taken the channel over: nothing does. */
  push() {}
}

module.exports = { Duplex };
