import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/secret.ts'
import { inputOf, joined, keyword, my, name, pg } from '../../../tasks/databases/sql/sql-text.ts'
import { suite } from '../../support/spec.ts'

const test = suite('SQL from templates')

test('text becomes a literal, whatever it contains', () => {
  assert.is(
    pg`SELECT ${"it's"}, ${'a\\'}, ${':x \\! ; --'}`.text,
    `SELECT 'it''s', E'a\\\\', E':x \\\\! ; --'`,
  )
  assert.is(my`SELECT ${"it's"}, ${'a\\'}, ${'x\ny'}`.text, `SELECT 'it''s', 'a\\\\', 'x\\ny'`)
})

test('names are quoted, numbers and lists are not', () => {
  assert.is(pg`DROP ROLE ${name('a"b')}`.text, 'DROP ROLE "a""b"')
  assert.is(my`DROP DATABASE ${name('a`b')}`.text, 'DROP DATABASE `a``b`')
  assert.is(pg`LIMIT ${5} IN (${[pg`${'a'}`, pg`${2}`]})`.text, "LIMIT 5 IN ('a', 2)")
  assert.is(joined([pg`A`, pg`B`], ' ').text, 'A B')
  assert.is(keyword('CREATE VIEW').text, 'CREATE VIEW')
  assert.throws(() => keyword('SELECT; DROP'), /not a word of SQL/)
})

test('a secret makes all of it a secret, and NUL is refused', () => {
  const sql = pg`PASSWORD ${new Secret("x'y")}`
  assert.is(sql.text, "PASSWORD 'x''y'")
  assert.ok(inputOf(joined([pg`A`, sql], ' ')) instanceof Secret)
  assert.is(inputOf(pg`A`), 'A')
  assert.throws(() => pg`${'a\0b'}`, /NUL/)
  assert.throws(() => my`${name('a\0b')}`, /NUL/)
})
