/**
 * An error that ends tsh or tctl with exit code 1. The message is printed on stderr, after a red `ERROR:`.
 */
export class Refusal extends Error {
  /** A usage text to print on stderr before the message. */
  readonly preface: string;
  /** False for the one message of tctl that has no colour. */
  readonly coloured: boolean;

  constructor(message: string, { preface = '', coloured = true } = {}) {
    super(message);
    this.preface = preface;
    this.coloured = coloured;
  }
}
