/** The frames of a stream, and how many output tokens exist once each is sent: for a stream that ends early. */
export class Frames {
  readonly all: string[] = [];
  readonly #produced: number[] = [];
  #tokens: number;

  constructor(tokensBeforeTheFirst = 0) {
    this.#tokens = tokensBeforeTheFirst;
  }

  put(frame: string, newTokens = 0): void {
    this.#tokens += newTokens;
    this.all.push(frame);
    this.#produced.push(this.#tokens);
  }

  /** Output tokens after `sent` frames. */
  producedBy(sent: number): number {
    return this.#produced[Math.min(sent, this.#produced.length) - 1] ?? 0;
  }

  /** Forgets the second half, for a failure in the middle. */
  breakOff(): void {
    this.all.splice(Math.ceil(this.all.length / 2));
  }
}
