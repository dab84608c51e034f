/** Under --check: changes that the host would refuse, and what earlier tasks of the run would create. */
import * as assert from 'uvu/assert'
import { scripted } from '../../engine/connection/scripted.ts'
import type { ScriptedFile } from '../../engine/connection/scripted.ts'
import type { Connection } from '../../engine/connection/types.ts'
import { directory } from '../../tasks/files/directory.ts'
import { file } from '../../tasks/files/file.ts'
import { link } from '../../tasks/files/link.ts'
import { permissions } from '../../tasks/files/permissions.ts'
import { group } from '../../tasks/system/group.ts'
import { user } from '../../tasks/system/user.ts'
import type { Task } from '../../engine/dsl/types.ts'
import { suite } from '../support/spec.ts'
import { run, say } from './site.ts'

const test = suite('refusals that --check predicts')

const root: ScriptedFile = { content: '', type: 'directory' }

/** A host without the folder /srv/app, and without accounts other than root. */
const bare = (): Connection => {
  const inner = scripted({
    files: { '/srv': root, '/etc/passwd': 'root:x:0:0::/root:/bin/sh\n', '/etc/group': 'root:x:0:\n' },
    replies: [[/^getent group/, { code: 2 }]],
  })
  return {
    ...inner,
    execute: async (request) => {
      const { operation } = request
      const said = (stderr: string) => ({
        code: 1,
        stdout: Buffer.from(''),
        stderr: Buffer.from(`${stderr}\n`),
        dropped: 0,
      })
      if (operation?.kind !== 'could') return inner.execute(request)
      const { change, path, owner, group: its } = operation
      if (path.startsWith('/srv/app/') && change !== 'directory')
        return said('No such file or directory: /srv/app')
      if (owner !== undefined && owner !== 'root') return said(`chown: invalid user: '${owner}'`)
      if (its !== undefined && its !== 'root') return said(`chown: invalid group: '${its}'`)
      return inner.execute(request)
    },
  }
}

const ends = async (...tasks: readonly Task[]) => {
  const done = await run((play) => [play('p', { hosts: 'a', tasks: () => [...tasks] })], {
    hosts: { a: bare() },
    checkMode: true,
  })
  return done.ends.map(({ outcome, why, error }) => ({ outcome, why, error }))
}
const outcomes = async (...tasks: readonly Task[]) => (await ends(...tasks)).map(({ outcome }) => outcome)

const inApp = (given: { owner?: string; group?: string } = {}) =>
  file({ path: '/srv/app/x', content: 'x\n', ...given })

test('a change that the host would refuse fails with the error of the run', async () => {
  const [end] = await ends(inApp())
  assert.is(end?.outcome, 'failed')
  assert.is(end?.error?.code, 'write-failed')
  assert.is(end?.error?.message, 'cannot write /srv/app/x')
  assert.match(end?.error?.hint ?? '', 'create its folder first')
  assert.equal(await outcomes(file({ path: '/srv/x', content: '', owner: 'ann' })), ['failed'])
  assert.equal(await outcomes(permissions({ path: '/srv', group: 'ann' })), ['failed'])
  assert.equal(await outcomes(user({ name: 'ann', groups: ['staff'] })), ['failed'])
  assert.equal(await outcomes(user({ name: 'ann', group: 'staff' })), ['failed'])
})

test('only a folder that an earlier task would create counts as existing', async () => {
  const app = directory({ path: '/srv/app/lib/' })
  assert.equal(await outcomes(app, inApp(), link({ path: '/srv/app/lib/l', target: '/' })), [
    'would change',
    'would change',
    'would change',
  ])
  const [, end] = await ends(app, file({ path: '/srv/app/other/x', content: '' }))
  assert.equal(
    [end?.outcome, end?.why],
    [
      'unknown',
      'depends on a change that --check did not make: cannot write /srv/app/other/x: No such file or directory: /srv/app',
    ],
  )
})

test('users and groups that earlier tasks would create count as existing', async () => {
  const app = directory({ path: '/srv/app' })
  const would = (count: number) => Array.from({ length: count }, () => 'would change')
  assert.equal(await outcomes(user({ name: 'ann' }), app, inApp({ owner: 'ann', group: 'ann' })), would(3))
  assert.equal(
    await outcomes(group({ name: 'staff' }), user({ name: 'ann', group: 'staff', groups: ['staff'] })),
    would(2),
  )
  assert.equal(
    await outcomes(
      group({ name: 'staff' }),
      user({ name: 'ann', group: 'staff' }),
      app,
      inApp({ group: 'ann' }),
    ),
    [...would(3), 'unknown'],
  )
})

test('a path that an earlier task may create is unknown', async () => {
  const [, end] = await ends(say({ text: 'make it' }), inApp({ owner: 'ann' }))
  assert.is(end?.outcome, 'unknown')
  assert.equal(await outcomes(say({ text: 'make it' }), user({ name: 'ann', groups: ['staff'] })), [
    'would change',
    'unknown',
  ])
})
