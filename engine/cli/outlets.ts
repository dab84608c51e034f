import { Writable } from 'node:stream'
import { lastMask } from '../report/last-mask.ts'
import type { TextForm } from '../report/last-mask.ts'
import type { Redactor } from '../run/masking/redactor.ts'
import { asStarted, programNameOf } from './program-name.ts'

/** The outputs of the process. They mask secrets in all text once more. */
export interface Outlets {
  /** Writes to standard output. */
  readonly out: (text: string, form?: TextForm) => void
  /** Writes bytes to standard output as they are: what was asked for, and is not to be masked. */
  readonly raw: (bytes: Uint8Array) => void
  /** Writes messages of the program to standard error, with {@link Outlets.named} commands. */
  readonly err: (text: string) => void
  /** Replaces `run` in commands in backticks with the name that the program was started with. */
  readonly named: (text: string) => string
  /** A write function that masks secrets first, for another output such as a file. */
  readonly through: <Result>(form: TextForm, write: (text: string) => Result) => (text: string) => Result
  /** Resolves when both streams are written, or have failed. */
  readonly flushed: () => Promise<void>
}

/** Writes to standard output itself: its own `write` is what code of a project calls, which can lead elsewhere. */
const print = (text: string | Uint8Array, done: () => void = () => {}): void =>
  void Writable.prototype.write.call(process.stdout, text, 'utf8', done)

/** Resolves when both streams have written, or failed to write, all that they were given. */
const flushed = async (): Promise<void> => {
  await Promise.all([
    new Promise<void>((done) => print('', done)),
    new Promise<void>((done) => void process.stderr.write('', () => done())),
  ])
}

/**
 * The only place that writes to the standard streams.
 *
 * @param program the name that the program was started with.
 */
export const outletsOf = (redactor: Redactor, program: string = programNameOf(process.argv[1])): Outlets => {
  const named = (text: string): string => asStarted(text, program)
  const through: Outlets['through'] = (form, write) => {
    const mask = lastMask(redactor, form)
    return (text) => write(mask(text))
  }
  return {
    out: (text, form = 'text') => through(form, print)(text),
    raw: (bytes) => print(bytes),
    err: through('text', (masked) => void process.stderr.write(named(masked))),
    named,
    through,
    flushed,
  }
}
