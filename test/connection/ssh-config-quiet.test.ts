import { chmodSync, existsSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { SshConfigs } from '../../engine/connection/ssh/config/ask.ts'
import { isQuiet } from '../../engine/connection/ssh/config/quiet.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'
import { until } from '../support/until.ts'

const test = suite('when ssh -G is needed')
const folder = folderOf(test)
const quiet = (text: string): boolean => isQuiet(folder.write('config', text))

test('a missing file and the defaults of Debian do not need it', () => {
  assert.is(isQuiet(folder.at('missing')), true)
  const debian = `
# the system's
Include ${folder.path}/none.d/*.conf

Host *
    SendEnv LANG LC_*
    HashKnownHosts yes
    GSSAPIAuthentication yes
`
  assert.is(quiet(debian), true)
})

test('all other files need it', () => {
  for (const line of ['ProxyJump gw', 'Port=2222', '\tuser bob', 'Match all', 'IdentityFile x', 'Unheard of'])
    assert.is(quiet(`Host *\n${line}\n`), false, line)
})

test('included files count, and an unreadable Include needs it', () => {
  folder.write('more.d/10-quiet.conf', 'SendEnv X\n')
  assert.is(quiet('Include more.d/*.conf\n'), true)
  folder.write('more.d/20-loud.conf', 'User bob\n')
  assert.is(quiet('Include more.d/*.conf\n'), false)
  assert.is(quiet('Include more.d/10-*.conf more.d/*.other\n'), true)
  assert.is(quiet('Include ~/x\n'), false)
  assert.is(quiet('Include config\n'), false)
})

/** An ssh that counts its concurrent processes. */
const counting = (): string => {
  const program = folder.write(
    'ssh-that-counts',
    `#!/bin/sh
mkdir ${folder.path}/running/$$ && ls ${folder.path}/running | wc -l >>${folder.path}/counts
while [ ! -e ${folder.path}/go ]; do sleep 0.02; done
rmdir ${folder.path}/running/$$
for last; do :; done
printf 'hostname %s.found\\n' "$last"
`,
  )
  folder.write('running/.keep', '')
  chmodSync(program, 0o755)
  return program
}

const countsOf = (): number[] => readFileSync(folder.at('counts'), 'utf8').trim().split('\n').map(Number)

test('each host is queried once, with a limit on concurrent queries', async () => {
  const configs = new SshConfigs([folder.write('loud', 'Port 2\n')], counting())
  const asked = [...Array(40).keys()].map((n) => configs.of({ address: `web${n % 20}` }))
  await until(() => existsSync(folder.at('counts')) && countsOf().length >= 8)
  folder.write('go', '')
  const names = (await Promise.all(asked)).map((config) => config?.hostName)
  assert.equal(names.slice(19, 21), ['web19.found', 'web0.found'])
  const counts = countsOf()
  // and once for the defaults
  assert.is(counts.length, 21)
  assert.ok(Math.max(...counts) <= 8, `${Math.max(...counts)} at a time`)
})

test('without configuration ssh is not run, and does not have to be installed', async () => {
  const silent = new SshConfigs([folder.write('silent', '# nothing\n')], folder.at('no-such-program'))
  assert.is(await silent.of({ address: 'web' }), undefined)
  const loud = new SshConfigs([folder.write('loud', 'Port 2\n')], folder.at('no-such-program'))
  assert.is(await loud.of({ address: 'web' }), undefined)
})

test('a given configuration file needs ssh', async () => {
  const configs = new SshConfigs([], folder.at('no-such-program'))
  await rejects(() => configs.of({ address: 'web', file: 'x' }), 'connect-failed', 'ENOENT')
})
