import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/secret.ts'
import { rehearse } from '../../../engine/testing.ts'
import { postgresqlUser } from '../../../tasks/databases/postgresql-user.ts'
import { newVerifier } from '../../../tasks/databases/postgresql/scram.ts'
import { suite } from '../../support/spec.ts'
import { postgresql } from './servers.ts'

const test = suite('postgresql-user')

interface Role {
  password: string | null
  createDb: boolean
  memberOf: string[]
}

const server = (before?: Role) => {
  const statements: string[] = []
  let role = before && { ...before }
  const world = postgresql((sql) => {
    if (sql.startsWith('SELECT'))
      return role === undefined
        ? ''
        : `${JSON.stringify({ superuser: false, createRole: false, login: true, replication: false, connections: -1, ...role })}\n`
    statements.push(sql)
    role ??= { password: null, createDb: false, memberOf: [] }
    role.password = /PASSWORD '([^']+)'/.exec(sql)?.[1] ?? role.password
    if (sql.includes(' CREATEDB')) role.createDb = true
    role.memberOf.push(...(/^GRANT "(\w+)"/.exec(sql)?.slice(1) ?? []))
    if (sql.startsWith('DROP')) role = undefined
    return ''
  })
  return { world, statements }
}

test('created with what the server keeps of its password, which is never sent itself', async () => {
  const { world, statements } = server()
  const run = await rehearse(
    postgresqlUser({ name: 'shop', password: 'hush', createDb: true, memberOf: 'staff' }),
    world,
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(statements[0] ?? '', /^CREATE ROLE "shop" CREATEDB LOGIN PASSWORD 'SCRAM-SHA-256\$4096:/)
  assert.is(statements[1], 'GRANT "staff" TO "shop"')
  assert.not.match(statements.join('\n'), 'hush')
})

test('only what differs is changed, and passwords are not shown', async () => {
  const kept: Role = { password: newVerifier('hush'), createDb: false, memberOf: ['staff'] }
  const task = postgresqlUser({ name: 'shop', password: 'hush', memberOf: 'staff', createDb: false })
  assert.is((await rehearse(task, server(kept).world)).outcome, 'ok')
  const other = server(kept)
  const run = await rehearse(postgresqlUser({ name: 'shop', password: 'new', createDb: true }), other.world)
  assert.equal(
    run.changes.map(({ what }) => what),
    ['createDb of role shop', 'password of role shop'],
  )
  assert.ok(run.changes[1]?.to instanceof Secret)
  assert.match(other.statements[0] ?? '', /^ALTER ROLE "shop" CREATEDB PASSWORD 'SCRAM/)
})

test('removed, and bad parameters', async () => {
  const there = server({ password: null, createDb: false, memberOf: [] })
  assert.is(
    (await rehearse(postgresqlUser({ name: 'shop', state: 'absent' }), there.world)).outcome,
    'changed',
  )
  assert.equal(there.statements, ['DROP ROLE IF EXISTS "shop"'])
  assert.throws(() => postgresqlUser({ name: 'a\nb' }), /control characters/)
  assert.throws(() => postgresqlUser({ name: 'a', connections: -2 }), /connections/)
})
