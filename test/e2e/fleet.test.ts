/** Fifty hosts, each with an sshd: twenty tasks on all of them, and once more. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { down, up } from '../../lab/lab.ts'
import type { Lab } from '../../lab/types.ts'
import { cacheFolder } from '../../lab/machine.ts'
import { failuresOf, hostsElsewhere, spawnCli, taskEnds } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('fifty hosts', { seconds: 600 })
const name = 'coxswain-fleet'
const count = 50

let lab: Lab
test.before(async () => {
  const inventory = join(cacheFolder(), 'labs', `${name}.yaml`)
  lab = await up({ name, masters: 0, plain: count, inventory, fresh: true })
})
test.after(() => down(name))

/** The number of each outcome, of all tasks on all hosts. */
const outcomes = async (...words: readonly string[]): Promise<Record<string, number>> => {
  const result = await spawnCli(
    ['test/e2e/playbooks/fleet.ts', '-i', lab.inventory, '--forks', `${count}`, '--output', 'json', ...words],
    { env: hostsElsewhere },
  )
  assert.is(result.status, 0, failuresOf(result))
  const sums: Record<string, number> = {}
  for (const { outcome } of taskEnds(result)) sums[outcome] = (sums[outcome] ?? 0) + 1
  return sums
}

test('twenty tasks on each, and the second run changes nothing', async () => {
  const first = await outcomes()
  assert.is((first['ok'] ?? 0) + (first['changed'] ?? 0), count * 21, JSON.stringify(first))
  assert.ok((first['changed'] ?? 0) >= count * 15, JSON.stringify(first))
  assert.equal(await outcomes('--check'), { ok: count * 20 })
  assert.equal(await outcomes(), { ok: count * 20 })
})

test('fifty connections at once to one sshd with MaxStartups 10:30:100 all succeed', async () => {
  const [host] = lab.hosts
  assert.ok(host)
  const { stdout } = await lab.exec(host.name, 'sshd -T | grep -i "^maxstartups"')
  assert.is(stdout.trim(), 'maxstartups 10:30:100')
  const inventory = join(cacheFolder(), 'labs', `${name}-one.yaml`)
  const names = Array.from({ length: count }, (_, n) => `    n${n}: { address: ${host.address} }\n`).join('')
  const settings = `{ user: root, private_key_file: ${lab.keyFile}, known_hosts_file: ${lab.knownHosts} }`
  await writeFile(inventory, `all:\n  vars: ${settings}\n  hosts:\n${names}`)
  const refused = async (): Promise<boolean> => {
    const log = await lab.exec(
      host.name,
      'journalctl -u ssh --no-pager | grep -ci "drop connection\\|MaxStartups"',
    )
    return Number(log.stdout) > 0
  }
  // on a slow machine, the connections of a round can be too far apart to be too many
  for (let round = 0; round < 3 || (round < 30 && !(await refused())); round += 1) {
    const words = ['exec', 'all', '-i', inventory, '--forks', `${count}`, '--output', 'json']
    const result = await spawnCli([...words, '--', 'true'], { env: hostsElsewhere })
    assert.is(result.status, 0, failuresOf(result))
  }
  assert.ok(await refused(), 'the server was never too busy')
})
