import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { extensionAuthorities } from '../../../tasks/kubernetes/extension-authorities.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { files, former, next, other, replaced, signed } from './rotation-world.ts'

const test = suite('extension-authorities')

const task = (authorities: ('cluster' | 'etcd' | 'front-proxy')[] = ['cluster', 'etcd', 'front-proxy']) =>
  extensionAuthorities({ authorities, masters: ['host', 'm2'], address: '10.0.0.1' })

const normal = (pem: string): string => pem.replaceAll(/\n+$/g, '\n')

/** What kubectl prints when an object was written since it was read. */
const modified = {
  code: 1,
  stderr:
    'Error from server (Conflict): Operation cannot be fulfilled on configmaps "extension-apiserver-authentication": the object has been modified; please apply your changes to the latest version and try again',
}

/** A cluster whose ConfigMap has these fields; someone else writes it before that many patches. */
const worldWith = (
  data: Record<string, string>,
  own: NonNullable<World['files']> = replaced,
  others: NonNullable<World['files']> = replaced,
  conflicts = 0,
) => {
  const kept = { ...data }
  const patches: string[] = []
  const world: World = {
    files: own,
    others: { m2: { files: others } },
    patterns: [
      [
        /^kubectl .* -n kube-system get configmap extension-apiserver-authentication --ignore-not-found -o json$/,
        () =>
          Object.keys(data).length === 0
            ? ''
            : JSON.stringify({ metadata: { resourceVersion: '42' }, data: kept }),
      ],
      [
        /^kubectl .* -n kube-system patch configmap extension-apiserver-authentication --type=merge -p /,
        ({ script }) => {
          const [, text = ''] = / -p '([^']*)'$/.exec(script) ?? []
          patches.push(text)
          if (patches.length <= conflicts) return modified
          const patch: unknown = JSON.parse(text)
          if (typeof patch === 'object' && patch !== null && 'data' in patch) Object.assign(kept, patch.data)
          return ''
        },
      ],
    ],
  }
  return { world, kept, patches }
}

test('the former authority is taken out, and others stay', async () => {
  const { world, kept, patches } = worldWith({
    'client-ca-file': former.ca + next.ca + other.ca,
    'requestheader-client-ca-file': former.ca,
  })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    {
      what: 'client-ca-file in the ConfigMap extension-apiserver-authentication',
      from: 'both authorities',
      to: 'the new authority',
    },
  ])
  assert.is(normal(kept['client-ca-file'] ?? ''), next.ca + other.ca)
  // the front proxy's is not being replaced
  assert.is(kept['requestheader-client-ca-file'], former.ca)
  assert.match(patches.join('\n'), '"resourceVersion":"42"')
})

test('nothing is asked for without a replacement, and nothing is changed where it is gone already', async () => {
  const idle = await rehearse(task(), { files })
  assert.is(idle.outcome, 'ok', String(idle.error))
  assert.equal(idle.commands.check, [])
  assert.is((await rehearse(task(['etcd']), { files: replaced })).outcome, 'ok')
  for (const data of [{ 'client-ca-file': next.ca }, { other: 'x' }, {}]) {
    const run = await rehearse(task(), worldWith(data).world)
    assert.is(run.outcome, 'ok', String(run.error))
  }
})

test('while a master trusts both, nothing is taken out, and the error names it', async () => {
  const { world, patches } = worldWith({ 'client-ca-file': former.ca + next.ca }, replaced, signed)
  const run = await rehearse(task(), world)
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'm2 still trusts the former authority cluster')
  assert.match(hintOf(run.error), 'without --limit')
  assert.equal(patches, [])
})

test('a master on which the replacement has ended is not waited for', async () => {
  const { world } = worldWith({ 'client-ca-file': former.ca + next.ca }, replaced, files)
  assert.is((await rehearse(task(), world)).outcome, 'changed')
})

test('what an API server has written in between is read again, and a conflict that stays is an error', async () => {
  const data = { 'client-ca-file': former.ca + next.ca }
  const { world, kept, patches } = worldWith(data, replaced, replaced, 2)
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(patches.length, 3)
  assert.is(normal(kept['client-ca-file'] ?? ''), next.ca)
  const always = worldWith(data, replaced, replaced, 100)
  const failed = await rehearse(task(), always.world)
  assert.is(failed.outcome, 'failed')
  assert.match(JSON.stringify(failed.error), 'the object has been modified')
  assert.ok(always.patches.length < 10)
})

test('bad parameters are refused', () => {
  assert.throws(() => task([]), 'authorities')
})
