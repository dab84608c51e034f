import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { postgresqlGrant } from '../../../tasks/databases/postgresql-grant.ts'
import { suite } from '../../support/spec.ts'
import { postgresql } from './servers.ts'

const test = suite('postgresql-grant')

const server = (before: Readonly<Record<string, readonly string[]>>, role = true) => {
  const statements: string[] = []
  const has = new Map(Object.entries(before).map(([name, list]) => [name, new Set(list)]))
  const world = postgresql((sql) => {
    if (sql.startsWith('SELECT'))
      return [...has].map(([name, list]) => `${JSON.stringify({ role, name, has: [...list] })}\n`).join('')
    statements.push(sql)
    const [, verb, list = '', object = ''] = /^(\w+) (.+) ON .*?"([^".]+)" (?:TO|FROM)/.exec(sql) ?? []
    for (const one of list.split(', '))
      if (verb === 'GRANT') has.get(object)?.add(one)
      else has.get(object)?.delete(one)
    return ''
  })
  return { world, statements }
}
const shop = { role: 'shop', database: 'shop' }

test('only what is missing is granted, on each object', async () => {
  const { world, statements } = server({ a: ['SELECT'], b: [], c: ['SELECT', 'INSERT'] })
  const run = await rehearse(postgresqlGrant({ ...shop, on: 'tables', privileges: 'select,insert' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(statements, [
    'GRANT INSERT ON TABLE "public"."a" TO "shop"',
    'GRANT SELECT, INSERT ON TABLE "public"."b" TO "shop"',
  ])
  assert.equal(run.changes[0], { what: 'shop on a', to: 'INSERT' })
})

test('all privileges of a kind, and what public has is revoked', async () => {
  const all = server({ shop: [] })
  await rehearse(postgresqlGrant({ ...shop, privileges: 'all' }), all.world)
  assert.equal(all.statements, ['GRANT CREATE, CONNECT, TEMPORARY ON DATABASE "shop" TO "shop"'])
  const open = server({ public: ['CREATE', 'USAGE'] })
  await rehearse(
    postgresqlGrant({
      role: 'public',
      database: 'shop',
      on: 'schema',
      privileges: 'create',
      state: 'absent',
    }),
    open.world,
  )
  assert.equal(open.statements, ['REVOKE CREATE ON SCHEMA "public" FROM PUBLIC'])
})

test('without the role or a table it is unknown, and fails in the run', async () => {
  const run = await rehearse(
    postgresqlGrant({ ...shop, privileges: 'all' }),
    server({ shop: [] }, false).world,
  )
  assert.equal([run.predicted, run.outcome], ['unknown', 'failed'])
  assert.match(String(run.error), 'the role shop does not exist yet')
  const none = await rehearse(
    postgresqlGrant({ ...shop, on: 'tables', names: 'x', privileges: 'all' }),
    server({ a: [] }).world,
  )
  assert.match(String(none.error), 'x does not exist in public yet')
})

test('privileges of another kind, and names of databases, are refused', () => {
  assert.throws(() => postgresqlGrant({ ...shop, privileges: 'select' }), /not privileges/)
  assert.throws(
    () => postgresqlGrant({ ...shop, on: 'tables', privileges: 'select; drop' }),
    /not privileges/,
  )
  assert.throws(() => postgresqlGrant({ ...shop, names: 'x', privileges: 'all' }), /tables and sequences/)
})
