import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { mysqlDatabase } from '../../../tasks/databases/mysql-database.ts'
import { suite } from '../../support/spec.ts'
import { mysql } from './servers.ts'

const test = suite('mysql-database')

const server = (before?: string) => {
  const statements: string[] = []
  let sets = before
  const world = mysql((sql) => {
    if (sql.startsWith('SELECT')) return sets === undefined ? '' : `${sets}\n`
    statements.push(sql)
    const [, set = 'latin1'] = /CHARACTER SET '(\w+)'/.exec(sql) ?? []
    sets = sql.startsWith('DROP') ? undefined : `${set} ${set}_general_ci`
    return ''
  })
  return { world, statements }
}

test('created and changed with its character set, and removed', async () => {
  const none = server()
  const run = await rehearse(mysqlDatabase({ name: 'a`b', characterSet: 'utf8mb4' }), none.world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(none.statements, [
    "CREATE DATABASE IF NOT EXISTS `a``b`;\nALTER DATABASE `a``b` CHARACTER SET 'utf8mb4';",
  ])
  const other = await rehearse(
    mysqlDatabase({ name: 'x', characterSet: 'utf8mb4', collation: 'utf8mb4_general_ci' }),
    server('latin1 latin1_swedish_ci').world,
  )
  assert.equal(
    other.changes.map(({ what, from }) => [what, from]),
    [
      ['character set of database x', 'latin1'],
      ['collation of database x', 'latin1_swedish_ci'],
    ],
  )
  const there = server('latin1 x')
  assert.is((await rehearse(mysqlDatabase({ name: 'x', state: 'absent' }), there.world)).outcome, 'changed')
  assert.equal(there.statements, ['DROP DATABASE IF EXISTS `x`;'])
})

test('without a client it is unknown; without an answer, an error', async () => {
  assert.is(
    (
      await rehearse(
        mysqlDatabase({ name: 'x' }),
        mysql(() => ({ code: 127 })),
      )
    ).predicted,
    'unknown',
  )
  const silent = mysql(() => ({ code: 1, stderr: "ERROR 2002 (HY000): Can't connect" }))
  assert.match(
    String((await rehearse(mysqlDatabase({ name: 'x' }), silent)).error),
    'does not answer on its socket',
  )
  assert.throws(() => mysqlDatabase({ name: 'x', characterSet: "a'" }), /must be a character set/)
})
