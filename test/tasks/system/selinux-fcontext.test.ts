import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { selinuxFcontext } from '../../../tasks/system/selinux-fcontext.ts'
import { suite } from '../../support/spec.ts'

const test = suite('selinux-fcontext')

const rule = (target: string, kind: string, context: string): string =>
  `${target.padEnd(50)} ${kind.padEnd(18)} ${context} \n`
const policy = [
  rule('/', 'directory', 'system_u:object_r:root_t:s0'),
  rule('/srv/.*', 'all files', 'system_u:object_r:var_t:s0'),
  rule('/proc/.*', 'all files', '<<None>>'),
  rule('/etc/a b/c', 'regular file', 'system_u:object_r:etc_t:s0'),
  '\nSELinux Distribution fcontext Equivalence \n\n/run = /var/run\n',
].join('')

const host = (before: string, after: string): World => {
  let added = before
  return {
    patterns: [
      [/^semanage fcontext --list --noheading$/, () => policy + added],
      [/^semanage fcontext --list --noheading --locallist$/, () => added],
      [
        /^semanage fcontext --(add|modify|delete) /,
        () => {
          added = after
          return ''
        },
      ],
    ],
  }
}
const target = '/srv/www(/.*)?'
const web = rule(target, 'all files', 'system_u:object_r:httpd_sys_content_t:s0')

test('added, modified and removed', async () => {
  const task = selinuxFcontext({ target, type: 'httpd_sys_content_t' })
  const add = await rehearse(task, host('', web))
  assert.equal(
    add.commands.apply,
    [`semanage fcontext --add --type httpd_sys_content_t --ftype a '${target}'`],
    String(add.error),
  )
  assert.is((await rehearse(task, host(web, ''))).outcome, 'ok')
  const full = selinuxFcontext({ target, type: 'x_t', user: 'staff_u', level: 's0:c1' })
  const modify = await rehearse(full, host(web, rule(target, 'all files', 'staff_u:object_r:x_t:s0:c1')))
  assert.equal(
    modify.commands.apply,
    [`semanage fcontext --modify --type x_t --seuser staff_u --range s0:c1 --ftype a '${target}'`],
    String(modify.error),
  )
  assert.equal(modify.changes, [
    {
      what: `context of ${target}`,
      from: 'system_u:object_r:httpd_sys_content_t:s0',
      to: 'staff_u:x_t:s0:c1',
    },
  ])
  const gone = await rehearse(selinuxFcontext({ target, state: 'absent' }), host(web, ''))
  assert.equal(gone.commands.apply, [`semanage fcontext --delete --ftype a '${target}'`])
  assert.is((await rehearse(selinuxFcontext({ target, state: 'absent' }), host('', ''))).outcome, 'ok')
})

test('a rule of the policy is enough, and is modified, not added again; kinds of files are apart', async () => {
  const same = selinuxFcontext({ target: '/srv/.*', type: 'var_t' })
  assert.is((await rehearse(same, host('', ''))).outcome, 'ok')
  const other = selinuxFcontext({ target: '/srv/.*', type: 'x_t' })
  const run = await rehearse(other, host('', rule('/srv/.*', 'all files', 'system_u:object_r:x_t:s0')))
  assert.match(run.commands.apply[0] ?? '', '--modify')
  const blank = selinuxFcontext({ target: '/etc/a b/c', type: 'etc_t', files: 'f' })
  assert.is((await rehearse(blank, host('', ''))).outcome, 'ok')
  const files = selinuxFcontext({ target, type: 'httpd_sys_content_t', files: 'd' })
  const apart = await rehearse(files, host(web, web + web.replace('all files', 'directory')))
  assert.match(apart.commands.apply[0] ?? '', '--add')
})

test('without semanage it is unknown; bad parameters are refused', async () => {
  const without = { patterns: [[/^semanage/, { code: 127 }]] } satisfies World
  const run = await rehearse(selinuxFcontext({ target, type: 'x_t' }), without)
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'semanage is not installed')
  assert.throws(() => selinuxFcontext({ target: 'srv', type: 'x_t' }), /must begin with/)
  assert.throws(() => selinuxFcontext({ target }), /a type is needed/)
  assert.throws(() => selinuxFcontext({ target, type: 'a b' }), /a type of SELinux/)
})
