/** The origin's private file system as a worker sees it, in memory. Browsers have the real one: `e2e/worker.spec.ts` uses it. */
export class PrivateFiles {
  /** By name. All are in one folder. */
  readonly files = new Map<string, PrivateFile>();
  /** Writes beyond this many bytes in all find no room. */
  room = Number.POSITIVE_INFINITY;

  /** What `navigator.storage` has. */
  readonly storage = {
    getDirectory: async () => ({ getDirectoryHandle: async () => this.#folder() }),
  };

  get bytes(): number {
    return [...this.files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  #folder() {
    return {
      keys: () => this.files.keys(),
      getFileHandle: async (name: string, { create = false } = {}) => {
        const file = this.files.get(name) ?? (create ? new PrivateFile(this) : undefined);
        if (file === undefined) throw new DOMException(name, "NotFoundError");
        this.files.set(name, file);
        return file;
      },
      removeEntry: async (name: string) => {
        if (this.files.get(name)?.isOpen) throw new DOMException(name, "NoModificationAllowedError");
        this.files.delete(name);
      },
    };
  }
}

/** What Chromium 156 returns in a private window: an error number, -8, as if it were a count. */
const NO_ROOM = 2 ** 32 - 8;

class PrivateFile {
  bytes = new Uint8Array();
  isOpen = false;
  readonly #all: PrivateFiles;

  constructor(all: PrivateFiles) {
    this.#all = all;
  }

  async getFile(): Promise<Blob> {
    return new Blob([this.bytes]);
  }

  async createSyncAccessHandle(): Promise<object> {
    if (this.isOpen) throw new DOMException("open", "NoModificationAllowedError");
    this.isOpen = true;
    return {
      read: (buffer: Uint8Array, { at }: { at: number }) => {
        const part = this.bytes.subarray(at, at + buffer.length);
        buffer.set(part);
        return part.length;
      },
      write: (buffer: Uint8Array, { at }: { at: number }) => this.#write(buffer, at),
      close: () => {
        this.isOpen = false;
      },
    };
  }

  #write(buffer: Uint8Array, at: number): number {
    const length = Math.max(this.bytes.length, at + buffer.length);
    if (this.#all.bytes - this.bytes.length + length > this.#all.room) return NO_ROOM;
    const longer = new Uint8Array(length);
    longer.set(this.bytes);
    longer.set(buffer, at);
    this.bytes = longer;
    return buffer.length;
  }
}
