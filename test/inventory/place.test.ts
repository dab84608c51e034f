import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { placesIn } from '../../engine/inventory/place.ts'
import { suite } from '../support/spec.ts'

const test = suite('places in texts')

/** The same result, computed from the text each time. */
const slowly = (text: string, offset: number) => {
  const before = text.slice(0, offset).split('\n')
  return {
    file: 'f',
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
    excerpt: text.split('\n')[before.length - 1],
  }
}

test('every offset has its line, column and the text of the line', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', '\n', 'é', '😀', '\t')).map((all) => all.join('')),
      fc.nat(),
      (text, any) => {
        const offset = any % (text.length + 1)
        assert.equal(placesIn('f', text)(offset), slowly(text, offset))
      },
    ),
  )
})
