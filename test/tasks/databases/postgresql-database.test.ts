import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { postgresqlDatabase } from '../../../tasks/databases/postgresql-database.ts'
import { suite } from '../../support/spec.ts'
import { postgresql } from './servers.ts'

const test = suite('postgresql-database')

const server = (before?: string) => {
  const statements: string[] = []
  let owner = before
  const world = postgresql((sql) => {
    if (sql.startsWith('SELECT'))
      return owner === undefined
        ? ''
        : `{"owner": "${owner}", "encoding": "UTF8", "collate": "C.UTF-8", "ctype": "C.UTF-8"}\n`
    statements.push(sql)
    owner = sql.startsWith('DROP') ? undefined : (/OWNER (?:TO )?"(\w+)"/.exec(sql)?.[1] ?? 'postgres')
    return ''
  })
  return { world, statements }
}

test('created with its options, and given to another owner', async () => {
  const none = server()
  const task = postgresqlDatabase({
    name: 'a"b',
    owner: 'shop',
    encoding: 'UTF8',
    template: 'template0',
    ctype: 'C.UTF-8',
  })
  const run = await rehearse(task, none.world)
  assert.equal([run.predicted, run.outcome], ['would change', 'changed'], String(run.error))
  assert.equal(
    [...new Set(none.statements)],
    [`CREATE DATABASE "a""b" OWNER "shop" TEMPLATE "template0" ENCODING 'UTF8' LC_CTYPE 'C.UTF-8'`],
  )
  const other = server('root')
  const given = await rehearse(postgresqlDatabase({ name: 'shop', owner: 'shop' }), other.world)
  assert.equal(given.changes, [{ what: 'owner of database shop', from: 'root', to: 'shop' }])
  assert.equal(other.statements, ['ALTER DATABASE "shop" OWNER TO "shop"'])
  assert.is((await rehearse(postgresqlDatabase({ name: 'shop' }), server('root').world)).outcome, 'ok')
})

test('removed, or nothing to remove', async () => {
  const there = server('root')
  assert.is(
    (await rehearse(postgresqlDatabase({ name: 'x', state: 'absent' }), there.world)).outcome,
    'changed',
  )
  assert.equal(there.statements, ['DROP DATABASE IF EXISTS "x"'])
  assert.is(
    (await rehearse(postgresqlDatabase({ name: 'x', state: 'absent' }), server().world)).outcome,
    'ok',
  )
})

test('what cannot be changed is refused; without psql or an answer it is unknown or failed', async () => {
  const run = await rehearse(postgresqlDatabase({ name: 'x', encoding: 'latin1' }), server('root').world)
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'the encoding of the database x is UTF8, not latin1')
  const without = await rehearse(
    postgresqlDatabase({ name: 'x' }),
    postgresql(() => ({ code: 127 })),
  )
  assert.is(without.predicted, 'unknown')
  const silent = await rehearse(
    postgresqlDatabase({ name: 'x' }),
    postgresql(() => ({ code: 2, stderr: 'no socket' })),
  )
  assert.match(String(silent.error), 'PostgreSQL does not answer on the local socket')
  assert.throws(() => postgresqlDatabase({ name: '' }), /must not be empty/)
  assert.throws(() => postgresqlDatabase({ name: 'x', systemUser: '-c' }), /name of a user/)
})
