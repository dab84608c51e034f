/** Masking of secrets with letters that look escaped, such as `%41`, in all encodings of programs, split anywhere. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { oneLine, printable } from '../../engine/report/text.ts'
import { isLoose } from '../../engine/run/masking/loose-forms.ts'
import { mask } from '../../engine/secret.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { suite } from '../support/spec.ts'
import { knowing, shownOf } from './knowing.ts'
import { anyPlaces, anyText, cut, tools, transformations, transformationsOfAscii } from './secret-words.ts'

const test = suite('masking of random secrets with letters that look escaped')

const anyEscaped = fc
  .string({
    unit: fc.constantFrom(...Array.from('abcXYZ0189-_/+&<%"$\\^@=#;xun\'`')),
    minLength: 8,
    maxLength: 24,
  })
  // a letter after a backslash is one of the surrounding letters
  .filter((secret) => !secret.endsWith('\\'))

/** Text that is erased after it was shown, and lines with fewer than four letters, are shown as they arrive. */
const showsAtOnce = /erased|fold|od -c/
const toolsOnAll = Object.entries(tools).filter(([what]) => !/without|grep -o/.test(what))
const escapes = Object.entries({ ...transformations, ...transformationsOfAscii })

const hidden = (what: string, secret: string, text: string, places: readonly number[]): void => {
  const redactor = knowing(secret)
  const pieces = cut(text, showsAtOnce.test(what) ? [] : places)
  for (const seen of [redactor.text(text), shownOf(redactor, pieces).join('\n')]) {
    assert.ok(seen.includes(mask), `${what}: ${JSON.stringify(text)}`)
    for (const last of [printable(seen), oneLine(seen)])
      assert.not.ok(last.includes(secret), `${what}: ${JSON.stringify(seen)}`)
  }
}

test('in all encodings', () => {
  fc.assert(
    fc.property(
      anyEscaped,
      fc.constantFrom(...escapes),
      anyText,
      anyText,
      anyPlaces,
      (secret, [what, write], before, after, places) =>
        hidden(what, secret, `${before} ${write(secret)}|${after}`, places),
    ),
    propertyRuns(800),
  )
})

test('after ordinary tools', () => {
  fc.assert(
    fc.property(
      anyEscaped.filter(isLoose),
      fc.constantFrom(...toolsOnAll),
      anyPlaces,
      (secret, [what, write], places) => hidden(what, secret, `before:\n${write(secret)}\nafter\n`, places),
    ),
    propertyRuns(400),
  )
})
