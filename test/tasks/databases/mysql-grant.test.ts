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
    columns: [],
    scope: 'a_b.*',
    grantOption: true,
  })
  assert.equal(grantsIn('GRANT SELECT (`a`, `b`), INSERT ON `d`.`t``s` TO `x`@`%`'), {
    privileges: ['INSERT'],
    columns: ['SELECT (`a`, `b`)'],
    scope: 'd.t`s',
    grantOption: false,
  })
  assert.equal(grantsIn('GRANT INSERT, CREATE VIEW (a, b), DROP ON `d`.`t` TO `x`@`%`')?.privileges, [
    'INSERT',
    'DROP',
  ])
  assert.equal(grantsIn('GRANT BACKUP_ADMIN,BINLOG_ADMIN ON *.* TO `x`@`%`')?.privileges, [
    'BACKUP_ADMIN',
    'BINLOG_ADMIN',
  ])
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

const wanted = 'GRANT SELECT, INSERT ON `d`.* TO `shop`@`localhost`'
const elsewhere = 'GRANT DELETE ON `e`.* TO `shop`@`localhost`'

/** A server on which the wanted privileges are there after the last statement. */
const changing = (before: string, last: RegExp, after = wanted) => {
  const statements: string[] = []
  let now = before
  const world = mysql((sql) => {
    if (sql.startsWith('SHOW')) return `${usage}\n${elsewhere}\n${now}\n`
    statements.push(sql)
    if (last.test(sql)) now = after
    return ''
  })
  return { world, statements }
}

test('exact: other privileges on the same scope are revoked, and no others', async () => {
  const { world, statements } = changing(
    'GRANT SELECT, DROP ON `d`.* TO `shop`@`localhost` WITH GRANT OPTION',
    /REVOKE/,
  )
  const given = { user: 'shop', database: 'd', privileges: 'select,insert', exact: true } as const
  const run = await rehearse(mysqlGrant(given), world)
  assert.equal(run.changes, [
    { what: 'shop@localhost on d.*', from: 'DROP, GRANT OPTION', to: undefined },
    { what: 'shop@localhost on d.*', to: 'INSERT' },
  ])
  assert.equal(statements, [
    "GRANT INSERT ON `d`.* TO 'shop'@'localhost';\n" +
      "REVOKE DROP, GRANT OPTION ON `d`.* FROM 'shop'@'localhost';",
  ])
  const all = changing('GRANT ALL PRIVILEGES ON `d`.* TO `shop`@`localhost`', /GRANT/)
  await rehearse(mysqlGrant(given), all.world)
  assert.equal(all.statements, [
    "REVOKE ALL PRIVILEGES ON `d`.* FROM 'shop'@'localhost';\n" +
      "GRANT SELECT, INSERT ON `d`.* TO 'shop'@'localhost';",
  ])
  const kept = server(usage, 'GRANT ALL PRIVILEGES ON `d`.* TO `shop`@`localhost`')
  assert.is((await rehearse(mysqlGrant({ ...given, privileges: 'all' }), kept.world)).outcome, 'ok')
  assert.throws(() => mysqlGrant({ ...given, state: 'absent' }), /cannot be combined/)
})

test('exact: all privileges with the grant option are revoked in two statements', async () => {
  const given = { user: 'shop', database: 'd', privileges: 'select,insert', exact: true } as const
  const both = changing(
    'GRANT ALL PRIVILEGES ON `d`.* TO `shop`@`localhost` WITH GRANT OPTION',
    /GRANT SELECT/,
  )
  const run = await rehearse(mysqlGrant(given), both.world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(both.statements, [
    "REVOKE ALL PRIVILEGES ON `d`.* FROM 'shop'@'localhost';\n" +
      "REVOKE GRANT OPTION ON `d`.* FROM 'shop'@'localhost';\n" +
      "GRANT SELECT, INSERT ON `d`.* TO 'shop'@'localhost';",
  ])
  const option = changing(
    'GRANT ALL PRIVILEGES ON `d`.* TO `shop`@`localhost`',
    /WITH GRANT OPTION/,
    `${wanted} WITH GRANT OPTION`,
  )
  const second = await rehearse(mysqlGrant({ ...given, grantOption: true }), option.world)
  assert.is(second.outcome, 'changed', String(second.error))
  assert.equal(option.statements, [
    "REVOKE ALL PRIVILEGES ON `d`.* FROM 'shop'@'localhost';\n" +
      "GRANT SELECT, INSERT ON `d`.* TO 'shop'@'localhost' WITH GRANT OPTION;",
  ])
})

test('exact: privileges on columns are an error, and dynamic ones are revoked', async () => {
  const columns = server(usage, 'GRANT SELECT, INSERT (`b`) ON `d`.`t` TO `shop`@`localhost`')
  const run = await rehearse(
    mysqlGrant({ user: 'shop', database: 'd', table: 't', privileges: 'select', exact: true }),
    columns.world,
  )
  assert.match(String(run.error), 'shop@localhost also has privileges on columns of d.t: INSERT (`b`)')
  assert.equal(columns.statements, [])
  const all = 'GRANT SELECT ON *.* TO `shop`@`localhost`'
  const dynamic = changing(
    `${all}\nGRANT BACKUP_ADMIN,BINLOG_ADMIN ON *.* TO \`shop\`@\`localhost\``,
    /REVOKE/,
    `${all}\nGRANT BACKUP_ADMIN ON *.* TO \`shop\`@\`localhost\``,
  )
  const revoked = await rehearse(
    mysqlGrant({ user: 'shop', privileges: 'select,backup_admin', exact: true }),
    dynamic.world,
  )
  assert.is(revoked.outcome, 'changed', String(revoked.error))
  assert.equal(dynamic.statements, ["REVOKE BINLOG_ADMIN ON *.* FROM 'shop'@'localhost';"])
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
