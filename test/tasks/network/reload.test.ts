import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { sent } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('reload.sh')
const folder = folderOf(test)

/** Runs it in a folder of its own, beside a systemctl with this exit status. */
const reload = (name: string, status: number, former: string | undefined, shell = 'sh') => {
  const systemctl = folder.write(`${name}/bin/systemctl`, `#!/bin/sh\nexit ${status}\n`)
  chmodSync(systemctl, 0o755)
  const next = folder.write(`${name}/haproxy.cfg.next`, 'new\n')
  const path = next.replace(/\.next$/, '')
  if (former !== undefined) folder.write(`${name}/haproxy.cfg`, former)
  const { status: code } = spawnSync(
    shell,
    ['-c', sent('tasks/network/load-balancers/reload.sh', next, path, 'haproxy')],
    {
      env: { PATH: `${dirname(systemctl)}:${process.env['PATH'] ?? ''}` },
    },
  )
  const text = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  return [code, text, existsSync(next), existsSync(`${path}.former`)]
}

test('the new configuration is in place after a reload, and nothing else is left', () => {
  assert.equal(reload('works', 0, 'old\n'), [0, 'new\n', false, false])
  assert.equal(reload('first', 0, undefined), [0, 'new\n', false, false])
})

test('what haproxy has not read does not stay in place: the next run tries again', () => {
  assert.equal(reload('fails', 3, 'old\n'), [3, 'old\n', false, false])
  assert.equal(reload('fails-first', 3, undefined), [3, undefined, false, false])
})
