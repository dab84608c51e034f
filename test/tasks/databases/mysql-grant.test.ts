import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { mysqlGrant } from '../../../tasks/databases/mysql-grant.ts'
import { grantsIn } from '../../../tasks/databases/mysql/grants.ts'
import { suite } from '../../support/spec.ts'
import { mysql } from './servers.ts'

const test = suite('mysql-grant')

const server = (...before: readonly string[]) => {
  const statements: string[] = []
  const lines = [...before]
  const world = mysql((sql) => {
    if (sql.startsWith('SHOW')) return lines.map((line) => `${line}\n`).join('')
    statements.push(sql)
    if (sql.startsWith('GRANT')) lines.push(sql.replace(/;$/, '').replaceAll("'", '`'))
    else lines.splice(1)
    return ''
  })
  return { world, statements }
}
const usage = "GRANT USAGE ON *.* TO `shop`@`localhost` IDENTIFIED BY PASSWORD '*00'"

test('the lines of SHOW GRANTS', () => {
  assert.equal(grantsIn('GRANT SELECT, CREATE VIEW ON `a\\_b`.* TO `x`@`%` WITH GRANT OPTION'), {
    privileges: ['SELECT', 'CREATE VIEW'],
    scope: 'a_b.*',
    grantOption: true,
  })
  assert.equal(grantsIn('GRANT SELECT (`a`, `b`), INSERT ON `d`.`t``s` TO `x`@`%`'), {
    privileges: ['INSERT'],
    scope: 'd.t`s',
    grantOption: false,
  })
  assert.is(grantsIn(usage)?.scope, '*.*')
  assert.is(grantsIn('GRANT `role` TO `x`@`%`'), undefined)
})

test('only what is missing is granted; an underscore in a database is one', async () => {
  const { world, statements } = server(usage, 'GRANT SELECT ON `a\\_b`.* TO `shop`@`localhost`')
  const run = await rehearse(
    mysqlGrant({ user: 'shop', database: 'a_b', privileges: 'select,insert' }),
    world,
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'shop@localhost on a_b.*', to: 'INSERT' }])
  assert.equal(statements, ["GRANT INSERT ON `a\\_b`.* TO 'shop'@'localhost';"])
  const all = server(usage, 'GRANT ALL PRIVILEGES ON `d`.* TO `shop`@`localhost`')
  assert.is(
    (await rehearse(mysqlGrant({ user: 'shop', database: 'd', privileges: 'select' }), all.world)).outcome,
    'ok',
  )
  const option = server(usage, 'GRANT SELECT ON `d`.`t` TO `shop`@`localhost`')
  await rehearse(
    mysqlGrant({ user: 'shop', database: 'd', table: 't', privileges: 'select', grantOption: true }),
    option.world,
  )
  assert.equal(option.statements, ["GRANT USAGE ON `d`.`t` TO 'shop'@'localhost' WITH GRANT OPTION;"])
})

test('revoked, and without the user unknown', async () => {
  const there = server(usage, 'GRANT ALL PRIVILEGES ON `d`.* TO `shop`@`localhost`')
  const run = await rehearse(
    mysqlGrant({ user: 'shop', database: 'd', privileges: 'all', state: 'absent' }),
    there.world,
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(there.statements, ["REVOKE ALL PRIVILEGES ON `d`.* FROM 'shop'@'localhost';"])
  const none = mysql(() => ({ code: 1, stderr: 'ERROR 1141 (42000) at line 2: There is no such grant' }))
  const missing = await rehearse(mysqlGrant({ user: 'x', privileges: 'all' }), none)
  assert.equal([missing.predicted, missing.outcome], ['unknown', 'failed'])
  assert.throws(() => mysqlGrant({ user: 'x', privileges: 'select;' }), /must be a privilege/)
  assert.throws(() => mysqlGrant({ user: 'x', table: 't', privileges: 'all' }), /a table needs a database/)
})
