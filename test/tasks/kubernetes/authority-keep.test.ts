import { X509Certificate } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { authorityKeep } from '../../../tasks/kubernetes/authority-keep.ts'
import { suite } from '../../support/spec.ts'
import { files, former, replaced, rotating, signed } from './rotation-world.ts'

const test = suite('authority-keep')

const short = new X509Certificate(former.ca).fingerprint256.replaceAll(':', '').slice(0, 12).toLowerCase()
const place = `/etc/coxswain/replaced/cluster-${short}`

const world = (given: NonNullable<World['files']>): World => ({
  files: given,
  replies: {
    [`mv ${rotating} ${place}`]: (_, all) => {
      for (const [path, file] of new Map(all))
        if (path.startsWith(`${rotating}/`)) {
          all.set(path.replace(rotating, place), file)
          all.delete(path)
        }
      all.delete(rotating)
      return ''
    },
  },
})

test('where no authority was replaced, nothing changes', async () => {
  assert.is((await rehearse(authorityKeep({ authority: 'cluster' }), world(files))).outcome, 'ok')
})

test('an authority that is not trusted any more is kept with its key and a note', async () => {
  const run = await rehearse(authorityKeep({ authority: 'cluster' }), world(replaced))
  assert.is(run.outcome, 'changed', String(run.error))
  const kept = [...run.files.keys()].filter((path) => path.startsWith(`${place}/`)).toSorted()
  assert.equal(
    kept.map((path) => path.slice(place.length + 1)),
    ['NOTE', 'client.conf', 'former.crt', 'former.key'],
  )
  assert.match(
    String(run.files.get(`${place}/NOTE`)?.content),
    'API servers and etcd do not accept it any more',
  )
  assert.match(String(run.files.get(`${place}/NOTE`)?.content), 'extension-apiserver-authentication')
  assert.is(run.files.get('/etc/kubernetes/pki/ca.key')?.content, 'the new key')
})

test('a run that was killed leaves no key that is in use among the former ones', async () => {
  let leftKey = true
  const run = await rehearse(authorityKeep({ authority: 'cluster' }), {
    ...world(replaced),
    replies: {
      [`mv ${rotating} ${place}`]: (_, all) => {
        leftKey = all.has(`${rotating}/new.key`)
        return { code: 255, stderr: 'killed' }
      },
    },
  })
  assert.equal([run.outcome, leftKey], ['failed', false])
  const rest = Object.fromEntries([...run.files].map(([path, { content }]) => [path, String(content)]))
  assert.is((await rehearse(authorityKeep({ authority: 'cluster' }), world(rest))).outcome, 'changed')
})

test('one that is trusted stays where it is, and the task fails', async () => {
  const run = await rehearse(authorityKeep({ authority: 'cluster' }), world(signed))
  assert.is(run.outcome, 'failed')
  assert.ok(run.files.has(`${rotating}/new.crt`))
})
