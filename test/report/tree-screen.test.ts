import * as assert from 'uvu/assert'
import { screen } from '../../engine/report/tree-screen.ts'
import { suite } from '../support/spec.ts'
import { terminal } from './terminal.ts'

const test = suite('the screen of the tree')

const opened = () => {
  const seen = terminal()
  seen.write('$ run site.ts\n')
  return { seen, region: screen(seen.write) }
}

test('a drawing replaces a longer or shorter one', () => {
  const { seen, region } = opened()
  region.show(['a', 'b'])
  assert.is(seen.text(), '$ run site.ts\na\nb')
  region.show(['1', '2', '3'])
  assert.is(seen.text(), '$ run site.ts\n1\n2\n3')
  region.show(['x'])
  assert.is(seen.text(), '$ run site.ts\nx')
})

test('printed text stays above the drawing', () => {
  const { seen, region } = opened()
  region.show(['live 1', 'live 2'])
  region.print('first\nsecond\n')
  assert.is(seen.text(), '$ run site.ts\nfirst\nsecond\nlive 1\nlive 2')
  region.show(['live 3'])
  assert.is(seen.text(), '$ run site.ts\nfirst\nsecond\nlive 3')
})

test('at the end, the drawing is removed and the terminal restored', () => {
  const { seen, region } = opened()
  region.show(['live 1', 'live 2'])
  assert.not.ok(seen.cursorShown())
  assert.not.ok(seen.wraps())
  region.close()
  assert.is(seen.text(), '$ run site.ts')
  assert.ok(seen.cursorShown())
  assert.ok(seen.wraps())
  region.print('recap\n')
  assert.is(seen.text(), '$ run site.ts\nrecap')
})

test('printed text can wrap', () => {
  const pieces: string[] = []
  const region = screen((text) => pieces.push(text))
  region.show(['live'])
  region.print('long text')
  assert.match(pieces.at(-1) ?? '', '\x1b[?7hlong text\n\x1b[?7l')
})

test('the same drawing is not written again', () => {
  const pieces: string[] = []
  const region = screen((text) => pieces.push(text))
  region.show(['a'])
  region.show(['a'])
  assert.is(pieces.length, 1)
})

test('closing an unused screen writes nothing', () => {
  const pieces: string[] = []
  screen((text) => pieces.push(text)).close()
  assert.equal(pieces, [])
})
