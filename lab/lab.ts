/** A lab: disposable hosts with systemd and sshd on this machine. */
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { pool } from '../engine/run/pool.ts'
import { bundle, hostImage } from './artifacts.ts'
import { containerName, containers, hostKeysOf, removeHosts, startHost } from './hosts.ts'
import type { LabHost } from './hosts.ts'
import { inventoryText } from './inventory.ts'
import type { Lab, LabOptions } from './types.ts'
import { cacheFolder, makeRoomForHosts, podman, prepareMachine } from './machine.ts'
import { labNetwork, removeNetworks } from './network.ts'
import { step } from './say.ts'

const stateFolder = (name: string): string => join(cacheFolder(), 'labs', name)

/** The hosts that are wanted, with the last number of their addresses. */
const wantedHosts = ({ masters, plain }: LabOptions): (Omit<LabHost, 'address'> & { number: number })[] => [
  ...(masters > 0 ? [{ name: 'lb1', number: 10, role: 'loadbalancer' as const }] : []),
  ...Array.from({ length: masters }, (_, index) => ({
    name: `m${index + 1}`,
    number: 11 + index,
    role: 'master' as const,
  })),
  ...Array.from({ length: plain }, (_, index) => ({
    name: `h${index + 1}`,
    number: 101 + index,
    role: 'plain' as const,
  })),
]

const loginKey = async (folder: string): Promise<string> => {
  const file = join(folder, 'id_ed25519')
  if (!existsSync(file))
    await $({ quiet: true })`ssh-keygen -q -t ed25519 -N ${''} -C ${'coxswain-lab'} -f ${file}`
  return file
}

const asLab = (name: string, hosts: readonly LabHost[], inventory: string): Lab => ({
  name,
  hosts,
  inventory,
  keyFile: join(stateFolder(name), 'id_ed25519'),
  knownHosts: join(stateFolder(name), 'known_hosts'),
  exec: async (host, command) => {
    const { exitCode, stdout, stderr } = await podman([
      'exec',
      containerName(name, host),
      'sh',
      '-c',
      command,
    ]).nothrow()
    return { code: exitCode, stdout, stderr }
  },
})

/** Removes all hosts of a lab, those of the given names first, and its network. */
const removeAll = async (name: string, names: readonly string[] = []): Promise<void> => {
  await removeHosts(name, names)
  await removeHosts(name, [...(await containers(name)).keys()])
  await removeNetworks(name)
}

/**
 * The names of the wanted hosts that run; all others are removed, every one for `fresh`. Where none is left, the network
 * goes as well: podman can still count the addresses of hosts that were killed as taken.
 */
const livingHosts = async (
  name: string,
  { fresh, wanted }: { readonly fresh: boolean; readonly wanted: readonly string[] },
): Promise<readonly string[]> => {
  const found = fresh ? [] : [...(await containers(name))]
  const kept = found.flatMap(([host, isAlive]) => (isAlive && wanted.includes(host) ? [host] : []))
  if (kept.length === 0) await removeAll(name, wanted)
  else
    await removeHosts(
      name,
      found.flatMap(([host]) => (kept.includes(host) ? [] : [host])),
    )
  return kept
}

/** Brings a lab up, or finds it up; writes its inventory. */
export const up = async (options: LabOptions): Promise<Lab> => {
  const { name, fresh, inventory } = options
  await prepareMachine()
  await makeRoomForHosts(options.masters + options.plain + 1)
  const kubernetes = options.masters > 0 ? await bundle(options.bundle) : undefined
  const image = await hostImage()
  const folder = stateFolder(name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const keyFile = await loginKey(folder)
  const wanted = wantedHosts(options)
  const kept = await livingHosts(name, { fresh, wanted: wanted.map((host) => host.name) })
  const { name: network, prefix } = await labNetwork(name)
  const hosts: LabHost[] = wanted.map(({ number, ...host }) => ({ ...host, address: `${prefix}.${number}` }))
  const missing = hosts.filter((host) => !kept.includes(host.name))
  if (missing.length > 0) {
    await step(
      `starting ${missing.length > 8 ? `${missing.length} hosts` : missing.map((host) => host.name).join(', ')}`,
      async () => {
        await pool(missing, availableParallelism(), (host) =>
          startHost(name, host, { image, bundle: kubernetes, network, publicKey: `${keyFile}.pub` }),
        )
      },
    )
  }
  const keys = await Promise.all(hosts.map((host) => hostKeysOf(name, host)))
  const lines = hosts.flatMap(({ address }, index) => (keys[index] ?? []).map((key) => `${address} ${key}\n`))
  const lab = asLab(name, hosts, inventory)
  await writeFile(lab.knownHosts, lines.join(''), { mode: 0o600 })
  await mkdir(dirname(inventory), { recursive: true })
  await writeFile(inventory, inventoryText(lab))
  return lab
}

/** Removes a lab with everything that it has outside the caches. */
export const down = async (name: string): Promise<void> => {
  await prepareMachine()
  await removeAll(name)
  await rm(stateFolder(name), { recursive: true, force: true })
}
