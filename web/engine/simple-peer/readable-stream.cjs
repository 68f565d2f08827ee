/** The parts of a Node stream that simple-peer uses when nobody reads or writes it: an event emitter that has ended. */
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

  /** For data that arrives before `RtcLink` takes over the channel. There is none. */
  push() {}
}

module.exports = { Duplex };
