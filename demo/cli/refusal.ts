/** Ends a program as tsh and tctl end: the message in red on stderr, exit code 1. */
export class Refusal extends Error {
  /** Printed on stderr before the message: a usage text. */
  readonly preface: string;
  /** tctl prints one of its messages without colour. */
  readonly coloured: boolean;

  constructor(message: string, { preface = '', coloured = true } = {}) {
    super(message);
    this.preface = preface;
    this.coloured = coloured;
  }
}
