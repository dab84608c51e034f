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
import { cacheFolder, makeRoomForHosts, podman, prepareMachine } from './machine.ts'
import { labNetwork } from './network.ts'
import { step } from './say.ts'

export interface LabOptions {
  /** Labs with different names live side by side. */
  readonly name: string
  /** Kubernetes masters, `m1` and so on, with a load balancer `lb1`; 0 for none. */
  readonly masters: number
  /** Hosts with only sshd, `h1` and so on. */
  readonly plain: number
  /** Where the inventory is written. */
  readonly inventory: string
  /** A folder of binaries and images to use instead of the bundle. */
  readonly bundle?: string | undefined
  /** Begin with new hosts, even if there are some. */
  readonly fresh: boolean
}

export interface Lab {
  readonly name: string
  readonly hosts: readonly LabHost[]
  readonly inventory: string
  readonly keyFile: string
  readonly knownHosts: string
  /** Runs a shell command inside a host, beside ssh: for looking at it from outside. */
  exec(
    host: string,
    command: string,
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

const stateFolder = (name: string): string => join(cacheFolder(), 'labs', name)

const wantedHosts = ({ masters, plain }: LabOptions, prefix: string): LabHost[] => [
  ...(masters > 0 ? [{ name: 'lb1', address: `${prefix}.10`, role: 'loadbalancer' as const }] : []),
  ...Array.from({ length: masters }, (_, index) => ({
    name: `m${index + 1}`,
    address: `${prefix}.${11 + index}`,
    role: 'master' as const,
  })),
  ...Array.from({ length: plain }, (_, index) => ({
    name: `h${index + 1}`,
    address: `${prefix}.${101 + index}`,
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
  const hosts = wantedHosts(options, await labNetwork(name))
  const found = await containers(name)
  const stale = [...found].filter(
    ([host, alive]) => fresh || !alive || !hosts.some((wanted) => wanted.name === host),
  )
  await removeHosts(
    name,
    stale.map(([host]) => host),
  )
  const missing = hosts.filter((host) => fresh || found.get(host.name) !== true)
  if (missing.length > 0) {
    await step(
      `starting ${missing.length > 8 ? `${missing.length} hosts` : missing.map((host) => host.name).join(', ')}`,
      async () => {
        await pool(missing, availableParallelism(), (host) =>
          startHost(name, host, { image, bundle: kubernetes, publicKey: `${keyFile}.pub` }),
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
  await removeHosts(name, [...(await containers(name)).keys()])
  await podman(['network', 'rm', '--force', name]).nothrow()
  await rm(stateFolder(name), { recursive: true, force: true })
}
