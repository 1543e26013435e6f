/** The reads of a connection, served in their order, and the bytes that are left for them after its end. */

/** What bytes are read from; `read` as that of AnyPump. @typedef {{read: (limit: number) => Uint8Array<ArrayBuffer> | null | undefined}} Source */

/** @typedef {{resolve: (bytes: Uint8Array<ArrayBuffer> | null) => void, reject: (error: unknown) => void, limit: number}} Reader */

export class Reads {
  /** @type {Reader[]} */
  #readers = [];
  /** @type {Remainder | undefined} */
  #remainder;

  /**
   * To be served by serve().
   * @param {number} limit in bytes
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
   */
  add(limit) {
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject, limit });
    });
  }

  /**
   * Gives the readers what there is.
   * @param {Source | undefined} source until keep()
   * @param {() => unknown} [error] for those that get nothing; without it they wait
   */
  serve(source, error) {
    while (this.#readers.length > 0) {
      const bytes = (this.#remainder ?? source)?.read(this.#readers[0].limit);
      if (bytes !== undefined) {
        this.#readers.shift()?.resolve(bytes);
      } else if (error) {
        this.#readers.shift()?.reject(error());
      } else {
        return;
      }
    }
  }

  /** Ends those that wait with null. */
  end() {
    this.#readers.splice(0).forEach((reader) => reader.resolve(null));
  }

  /**
   * From now on, this is all there is to read.
   * @param {{bytes: Uint8Array<ArrayBuffer> | null, peerClosed: boolean}} kept
   */
  keep({ bytes, peerClosed }) {
    this.#remainder = new Remainder(bytes, peerClosed);
  }

  /** Bytes are left after keep(). */
  get hasRemainder() {
    return this.#remainder?.isEmpty === false;
  }
}

/** @implements {Source} */
class Remainder {
  /** @type {Uint8Array<ArrayBuffer> | null} */
  #bytes;
  #peerClosed;

  /**
   * @param {Uint8Array<ArrayBuffer> | null} bytes
   * @param {boolean} peerClosed the peer's close_notify followed them
   */
  constructor(bytes, peerClosed) {
    this.#bytes = bytes;
    this.#peerClosed = peerClosed;
  }

  get isEmpty() {
    return this.#bytes === null;
  }

  /** @param {number} limit */
  read(limit) {
    const bytes = this.#bytes;
    if (bytes === null) {
      return this.#peerClosed ? null : undefined;
    }
    this.#bytes = bytes.length > limit ? bytes.subarray(limit) : null;
    return this.#bytes ? bytes.slice(0, limit) : bytes; // a copy: a byte stream transfers the buffer
  }
}
