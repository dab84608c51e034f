/** The lab itself: it comes up again after its hosts were killed from outside, as when the machine was switched off. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import * as assert from 'uvu/assert'
import { $ } from 'zx'
import { containerName } from '../../lab/hosts.ts'
import { down, up } from '../../lab/lab.ts'
import { cacheFolder, podman } from '../../lab/machine.ts'
import { suite } from '../support/spec.ts'
import { until } from '../support/until.ts'

const test = suite('the lab', { seconds: 1200 })

const name = 'e2e-killed'
test.after(() => down(name))

const inspection = z
  .array(
    z.object({
      State: z.object({ Pid: z.number(), ConmonPid: z.number() }),
      NetworkSettings: z.object({ SandboxKey: z.string() }),
    }),
  )
  .length(1)

const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** The rest of a host after the machine was switched off: its files, but no process and no network namespace. */
const kill = async (host: string): Promise<void> => {
  const { stdout } = await podman(['inspect', containerName(name, host)])
  const [found] = inspection.parse(JSON.parse(stdout))
  if (found === undefined) throw new Error(`${host} is not there`)
  const { Pid, ConmonPid } = found.State
  process.kill(ConmonPid, 'SIGKILL')
  process.kill(Pid, 'SIGKILL')
  await until(() => !isRunning(Pid) && !isRunning(ConmonPid))
  const namespace = found.NetworkSettings.SandboxKey
  await $({ quiet: true })`umount ${namespace}; rm -f ${namespace}`
}

test('new hosts start after the old ones were killed', async () => {
  const options = {
    name,
    masters: 0,
    plain: 1,
    inventory: join(cacheFolder(), 'labs', `${name}.yaml`),
    fresh: true,
  }
  await up(options)
  await kill('h1')
  const lab = await up(options)
  assert.is((await lab.exec('h1', 'systemctl is-active ssh')).stdout, 'active\n')
})
