import { lastMask } from '../report/last-mask.ts'
import type { TextForm } from '../report/last-mask.ts'
import type { Redactor } from '../run/masking/redactor.ts'

/** Ways out of the process: every text passes the mask once more, whoever wrote it. */
export interface Outlets {
  /** Writes to standard output. */
  readonly out: (text: string, form?: TextForm) => void
  /** Writes to standard error. */
  readonly err: (text: string) => void
  /** A way out that somebody else has, such as a file. */
  readonly through: <Result>(form: TextForm, write: (text: string) => Result) => (text: string) => Result
  /** Resolves when standard output is written, or cannot be. */
  readonly flushed: () => Promise<void>
}

/** The only place that writes to the standard streams. */
export const outletsOf = (redactor: Redactor): Outlets => {
  const through: Outlets['through'] = (form, write) => {
    const mask = lastMask(redactor, form)
    return (text) => write(mask(text))
  }
  return {
    out: (text, form = 'text') => void through(form, (masked) => process.stdout.write(masked))(text),
    err: through('text', (masked) => void process.stderr.write(masked)),
    through,
    flushed: () => new Promise((done) => process.stdout.write('', () => done())),
  }
}
