/** The open files that a run needs for its connections, counted before it connects. */
import * as assert from 'uvu/assert'
import { userInfo } from 'node:os'
import { z } from 'zod'
import { refuseTooManyHosts } from '../../engine/cli/session/file-limit.ts'
import { optionsWith } from '../support/run-options.ts'
import { planOpened } from '../../engine/cli/session/plan-opened.ts'
import { openWorkspace } from '../../engine/cli/session/workspace.ts'
import type { Step } from '../../engine/dsl/step.ts'
import { playbook } from '../../engine/dsl/playbook.ts'
import { block } from '../../engine/index.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'
import { say } from '../run/site.ts'

const test = suite('the limit of open files')
const folder = folderOf(test)

const plain = (): Step[] => [say({ text: 'x' })]

/** The number of open files in the warning of a run on 6 hosts with these variables; 0 without a warning. */
const needed = async (variables: string, tasks = plain): Promise<number> => {
  const hosts = Array.from({ length: 6 }, (_, index) => `h${index} ${variables}`)
  const inventory = [folder.write('inventory.ini', `${hosts.join('\n')}\n`)]
  const workspace = await openWorkspace(optionsWith({ inventory }))
  const book = playbook({
    name: 'test',
    vars: z.unknown(),
    plays: ({ play }) => [play('p', { hosts: 'all', tasks })],
  })
  const plan = await planOpened(book, workspace, new Redactor())
  const fleet = await workspace.loadFleet()
  const refusal = await Promise.resolve(refuseTooManyHosts(plan, fleet, { allowed: 4, open: 4 })).then(
    () => '',
    (error: Error) => error.message,
  )
  // four are already open, and a run reserves sixteen
  return Number(/need at least (\d+) /.exec(refusal)?.[1] ?? 20) - 20
}

const configured = (name: string, text: string): string => `ssh_config=${folder.write(name, text)}`

test('hosts with the same jump host share its connection', { needs: ['ssh'] }, async () => {
  assert.is(await needed('address=192.0.2.1'), 6)
  assert.is(await needed('proxy_jump=ops@192.0.2.9'), 1)
  assert.is(await needed('proxy_jump=ops@192.0.2.9,192.0.2.8:2222'), 1)
  assert.is(await needed("ansible_ssh_common_args='-J ops@192.0.2.9'"), 1)
  assert.is(await needed('proxy_jump=none'), 6)
})

test(
  "what ssh's configuration says of the way counts: a jump host is shared, a command has three pipes",
  { needs: ['ssh'] },
  async () => {
    assert.is(await needed(configured('jump', 'Host h*\n  ProxyJump jump.test\n')), 1)
    assert.is(await needed(configured('command', 'Host *\n  ProxyCommand nc %h %p\n')), 18)
    // the hosts share the connection to the jump host
    const through = 'Host h*\n  ProxyJump jump.test\nHost jump.test\n  ProxyCommand nc %h %p\n'
    assert.is(await needed(configured('both', through)), 3)
  },
)

test('a program has three pipes for each user that tasks act as', async () => {
  const local = 'ansible_connection=local'
  const root = (): Step[] => [say({ text: 'x' }), say({ text: 'y' }, { become: 'other' })]
  assert.is(await needed(local), 18)
  assert.is(await needed(local, root), 36)
  assert.is(await needed('ansible_connection=docker ansible_user=other', root), 18)
  // ssh's configuration can set the same login user
  assert.is(await needed('ansible_connection=openssh', root), 18)
  assert.is(await needed('ansible_connection=openssh ansible_user=ops', root), 36)
  assert.is(await needed(`${local} ansible_become=yes ansible_become_user=other`, root), 18)
  const self = (): Step[] => [say({ text: 'x' }), say({ text: 'y' }, { become: userInfo().username })]
  assert.is(await needed(local, self), 18)
})

test('a conditional task, or one that runs only after a failure, is not counted', async () => {
  const other = say({ text: 'y' }, { become: 'other' })
  const never = (): Step[] => [
    say({ text: 'x' }),
    say({ text: 'y' }, { become: 'other', when: () => false }),
    block([say({ text: 'z' })], { rescue: [other] }),
  ]
  assert.is(await needed('ansible_connection=local', never), 18)
})

test('hosts without a valid connection open no files', async () => {
  assert.is(await needed('ansible_connection=winrm'), 0)
})
