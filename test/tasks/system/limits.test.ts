import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { limitIn, limits, withLimit } from '../../../tasks/system/limits.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('limits')

const file = '/etc/security/limits.d/90-coxswain.conf'
const folder = { '/etc/security/limits.d/': { type: 'directory' as const, content: '' } }

/** The other files that pam_limits reads: none. */
const patterns: [RegExp, string][] = [
  [sentPattern('tasks/system/drop-ins/other-files.sh', '.*limits\\.d/\\*\\.conf.*'), ''],
]

test('replaces the line for the same limit', async () => {
  const run = await rehearse(limits({ domain: 'web', item: 'nofile', value: 4096 }), {
    files: { ...folder, [file]: '# mine\nweb - nofile 1024\nweb soft nofile 10\n' },
    patterns,
  })
  assert.is(run.outcome, 'changed')
  assert.is(run.files.get(file)?.content, '# mine\nweb - nofile 4096\nweb soft nofile 4096\n')
  assert.equal(run.changes, [{ what: `web - nofile in ${file}`, from: 'soft 10, hard 1024', to: '4096' }])
})

test('the last line of each type counts, also in capitals', () => {
  const both = { domain: 'u', type: '-', item: 'nofile' } as const
  const soft = { ...both, type: 'soft' } as const
  assert.is(
    withLimit('u - nofile 99\nu SOFT NoFile\t77 # c\r\n', both, '99'),
    'u - nofile 99\nu SOFT NoFile\t99 # c\r\n',
  )
  assert.is(
    withLimit('u soft nofile 77\nu hard nofile 99\n', both, '99'),
    'u soft nofile 99\nu hard nofile 99\n',
  )
  assert.is(withLimit('u hard nofile 99\n', both, '99'), 'u hard nofile 99\nu - nofile 99\n')
  assert.is(
    withLimit('u soft nofile 77\nu - nofile 99\n', soft, '77'),
    'u soft nofile 77\nu - nofile 99\nu soft nofile 77\n',
  )
  assert.is(
    withLimit('u - nofile 77\nv soft nofile 1\nu soft core 1\n', soft, '77'),
    'u - nofile 77\nv soft nofile 1\nu soft core 1\n',
  )
  assert.is(withLimit('u - nofile INFINITY\n', soft, 'unlimited'), 'u - nofile INFINITY\n')
  assert.is(withLimit('u soft nofile 1\nu  -  nofile 99 # c\n', soft, undefined), 'u  hard  nofile 99 # c\n')
  assert.is(withLimit('u soft nofile 1\nu hard nofile 2\n', both, undefined), '')
  assert.is(limitIn('u soft nofile 1\n', both), 'soft 1, hard none')
})

test('is removed, then ok', async () => {
  const files = { ...folder, [file]: 'web  -\tnofile  4096 # much\n' }
  assert.is(
    (await rehearse(limits({ domain: 'web', item: 'nofile', value: 4096 }), { files, patterns })).outcome,
    'ok',
  )
  const gone = await rehearse(limits({ domain: 'web', item: 'nofile', state: 'absent' }), { files, patterns })
  assert.is(gone.files.get(file)?.content, '')
})

test('without PAM it is unknown, and invalid values are refused', async () => {
  const task = limits({ domain: '*', item: 'core', value: 'unlimited' })
  assert.is((await rehearse(task, { patterns })).predicted, 'unknown')
  assert.throws(() => limits({ domain: '*', item: 'core' }), /value is required/)
  assert.throws(() => limits({ domain: 'a b', item: 'core', value: 1 }), /must be a user, @group/)
})

test('a limit that another file overrides is an error that names it', async () => {
  const task = limits({ domain: 'web', item: 'nofile', value: 99 })
  const said = async (others: string): Promise<string> => {
    const { error } = await rehearse(task, {
      files: folder,
      patterns: [[sentPattern('tasks/system/drop-ins/other-files.sh', '.*limits\\.d.*'), others]],
    })
    return error instanceof Error ? error.message : ''
  }
  const zz = '/etc/security/limits.d/zz.conf\n web soft nofile 77 # ours\n'
  assert.match(await said(zz), 'web soft nofile 77 in /etc/security/limits.d/zz.conf overrides')
  assert.is(
    await said(
      '/etc/security/limits.conf\n web - nofile 1\n/etc/security/limits.d/10.conf\n web - nofile 1\n',
    ),
    '',
  )
  assert.is(await said(zz.replace('77', '99')), '')
  assert.is(await said(zz.replace('web', 'webs')), '')
})
