import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { timezone } from '../../../tasks/system/timezone.ts'
import { suite } from '../../support/spec.ts'

const test = suite('timezone')

const zones = { '/usr/share/zoneinfo/Europe/Berlin': 'TZif', '/usr/share/zoneinfo/Etc/UTC': 'TZif' }
const link = (content: string) => ({ type: 'link' as const, content })

test('the link and, if it exists, the text file', async () => {
  const run = await rehearse(timezone({ name: 'Europe/Berlin' }), {
    files: {
      ...zones,
      '/etc/localtime': link('../usr/share/zoneinfo/Etc/UTC'),
      '/etc/timezone': 'Etc/UTC\n',
    },
  })
  assert.is(run.outcome, 'changed')
  assert.is(run.files.get('/etc/localtime')?.content, '/usr/share/zoneinfo/Europe/Berlin')
  assert.is(run.files.get('/etc/timezone')?.content, 'Europe/Berlin\n')
})

test('a link in another form is ok, and no text file is created', async () => {
  const run = await rehearse(timezone({ name: 'Etc/UTC' }), {
    files: { ...zones, '/etc/localtime': link('../usr/share/zoneinfo/Etc/UTC') },
  })
  assert.is(run.outcome, 'ok')
})

test('an unknown zone is an error; without any zones it is unknown', async () => {
  const wrong = await rehearse(timezone({ name: 'Europe/Berlim' }), { files: zones })
  assert.match(String(wrong.error), /the time zone Europe\/Berlim does not exist/)
  assert.match(
    String((await rehearse(timezone({ name: 'Europe' }), { files: zones })).error),
    /the time zone Europe does not exist/,
  )
  assert.is((await rehearse(timezone({ name: 'Europe/Berlin' }), {})).predicted, 'unknown')
  assert.throws(() => timezone({ name: '../etc' }), /must be a zone/)
})
