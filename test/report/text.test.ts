import * as assert from 'uvu/assert'
import { assert as check, integer, nat, property, string } from 'fast-check'
import {
  columnsOf,
  cut,
  duration,
  linesOf,
  oneLine,
  pad,
  plural,
  printable,
} from '../../engine/report/text.ts'
import { suite } from '../support/spec.ts'

const test = suite('text for terminals')

test('escape sequences of all kinds are removed', () => {
  assert.is(printable('\x1b[1;31mred\x1b[0m'), 'red')
  assert.is(printable('\x1b]0;a new window title\x07text'), 'text')
  assert.is(printable('\x1b]8;;https://example.com\x1b\\a link\x1b]8;;\x1b\\'), 'a link')
  assert.is(printable('\x1bP1;2|17/ab\x1b\\text'), 'text')
  assert.is(printable('\x1b[2J\x1b[H\x1b[?25lcleared'), 'cleared')
  assert.is(printable('\u009b31mred'), 'red')
})

test('no control character but newline and tab remains in any text', () => {
  const ugly = string({
    unit: integer({ min: 0, max: 0x2100 }).map((code) => String.fromCodePoint(code)),
  })
  check(property(ugly, (text) => !/[^\P{Cc}\n\t]|\u202e/u.test(printable(text))))
})

test('newlines and tabs stay', () => assert.is(printable('a\tb\nc'), 'a\tb\nc'))
test('a bell, a backspace and a lone escape are dropped', () =>
  assert.is(printable('a\x07b\x08c\x1b'), 'abc'))
test('marks that change the text direction are dropped', () => assert.is(printable('a\u202eb'), 'ab'))
test('the last state of a progress bar stays', () =>
  assert.is(printable('10%\r50%\r100%\r\ndone'), '100%\ndone'))
test('several lines become one', () => assert.is(oneLine('  set -e\n  cd /\tx\n'), 'set -e cd / x'))
test('empty lines at the end are dropped', () => assert.equal(linesOf('a\n\nb\n\n'), ['a', '', 'b']))

test('a short text is not cut', () => assert.is(cut('m1', 2), 'm1'))
test('a long text ends with an ellipsis', () => assert.is(cut('net.ipv4', 5), 'net.…'))
test('wide characters count twice', () => {
  assert.is(columnsOf('主机'), 4)
  assert.is(cut('主机一二', 5), '主机…')
})
test('combining marks have no width', () => assert.is(columnsOf('e\u0301'), 1))
test('a cut text is never wider than its columns', () => {
  check(
    property(
      string({ unit: 'grapheme' }),
      nat(20),
      (text, columns) => columnsOf(cut(text, columns)) <= columns,
    ),
  )
})

test('words are padded at the end, numbers at the start', () => {
  assert.is(pad('m1', 4), 'm1  ')
  assert.is(pad('7', 3, 'start'), '  7')
  assert.is(pad('too long', 3), 'too long')
})

test('durations have a suitable unit', () => {
  assert.is(duration(0), '0.0 s')
  assert.is(duration(0.249), '0.2 s')
  assert.is(duration(59.94), '59.9 s')
  assert.is(duration(59.96), '1 min 00 s')
  assert.is(duration(83), '1 min 23 s')
  assert.is(duration(3599.7), '1 h 00 min')
  assert.is(duration(7380), '2 h 03 min')
})

test('1 is singular, 0 is plural', () => {
  assert.is(plural(1, 'host'), '1 host')
  assert.is(plural(0, 'host'), '0 hosts')
})
