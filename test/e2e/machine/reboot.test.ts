/** A reboot of a virtual machine, because a container cannot reboot. */
import * as assert from 'uvu/assert'
import { startVm } from '../../../lab/vm.ts'
import type { Vm } from '../../../lab/vm.ts'
import { hostsElsewhere, failuresOf, spawnCli, taskEnds } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('reboot of a virtual machine', { seconds: 600 })

let vm: Vm
test.before(async () => {
  vm = await startVm()
})
test.after(() => vm.stop())

const bootId = (): Promise<string> => vm.exec('cat /proc/sys/kernel/random/boot_id')

/** How often it was booted: each boot writes a line to wtmp. */
const boots = async (): Promise<number> => Number(await vm.exec('last reboot | grep -c ^reboot'))

const outcomesOf = async (...words: readonly string[]): Promise<string[]> => {
  const result = await spawnCli(
    ['reboot', '-i', vm.inventory, '--hosts', 'vm1', '--output', 'json', ...words],
    { env: hostsElsewhere },
  )
  assert.is(result.status, 0, failuresOf(result))
  return taskEnds(result).map(({ outcome }) => outcome)
}

test('it comes back with another boot ID and a running systemd, after one boot', async () => {
  const [before, count] = [await bootId(), await boots()]
  assert.equal(await outcomesOf('--check'), ['would change'])
  assert.is(await bootId(), before)
  assert.equal(await outcomesOf('message=back in a minute'), ['changed'])
  assert.is.not(await bootId(), before)
  assert.is(await boots(), count + 1)
  assert.is((await vm.exec('systemctl is-system-running || true')).trim(), 'running')
})

test('whenNeeded: nothing happens if no reboot is required, and none is required afterwards', async () => {
  const before = await bootId()
  assert.equal(await outcomesOf('whenNeeded=yes'), ['ok'])
  await vm.exec('echo a-new-kernel | tee /run/reboot-required /run/reboot-required.pkgs')
  assert.equal(await outcomesOf('whenNeeded=yes', '--check'), ['would change'])
  assert.is(await bootId(), before)
  assert.equal(await outcomesOf('whenNeeded=yes'), ['changed'])
  const after = await bootId()
  assert.is.not(after, before)
  assert.equal(await outcomesOf('whenNeeded=yes'), ['ok'])
  assert.is(await bootId(), after)
})
