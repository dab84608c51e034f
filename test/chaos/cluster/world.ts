/** The cluster of the rounds: three of four masters of a lab, and an inventory that says which. */
import { readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { $ } from 'zx'
import { containerName, hostKeysOf } from '../../../lab/hosts.ts'
import { up } from '../../../lab/lab.ts'
import { cacheFolder, podman } from '../../../lab/machine.ts'
import { diskOf } from '../../../lab/small-disk.ts'
import { failuresOf, hostsElsewhere, spawnCli } from '../../support/run-cli.ts'
import type { CliResult, SpawnOptions } from '../../support/run-cli.ts'
import type { Access } from './writer.ts'

/** The masters of the lab: three of them are in the cluster, one is not. */
export const all = ['m1', 'm2', 'm3', 'm4'] as const
/** A master of the lab. */
export type Master = (typeof all)[number]

/** What the inventory says: who is in the cluster, who leaves it, and variables beyond those of the lab. */
export interface Wanted {
  readonly masters: readonly Master[]
  readonly leaving?: readonly Master[]
  readonly vars?: Readonly<Record<string, unknown>>
}

/** A playbook and its words. */
export interface Command {
  readonly playbook: string
  readonly words?: readonly string[]
  readonly wanted: Wanted
}

/** The cluster, as rounds see it. */
export interface World {
  run(command: Command, options?: Pick<SpawnOptions, 'watch'>): Promise<CliResult>
  /** Like `run`; throws if it fails. */
  succeed(command: Command): Promise<CliResult>
  /** Runs a command on a host, which must succeed. */
  on(host: string, command: string): Promise<string>
  /** Cuts the power of a host and gives it back; resolves when sshd answers. */
  powerCycle(host: Master): Promise<void>
  /** Cuts the network of a host, or joins it again. */
  link(host: Master, state: 'up' | 'down'): Promise<void>
  /** Fills the disk of a host's etcd, or frees it. */
  disk(host: Master, state: 'full' | 'free'): Promise<void>
  /** How an administrator reaches the endpoint. */
  access(from: Master): Promise<Access>
}

const host = z.record(z.string(), z.unknown())
const inventorySchema = z.looseObject({
  all: z.looseObject({
    vars: z.record(z.string(), z.unknown()),
    children: z.looseObject({ masters: z.looseObject({ hosts: z.record(z.string(), host) }) }),
  }),
})

const kubeconfigSchema = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) }),
  ]),
  users: z.tuple([
    z.object({ user: z.object({ 'client-certificate-data': z.string(), 'client-key-data': z.string() }) }),
  ]),
})

/** Megabytes of the disk of a host's etcd. */
const diskSize = 700

const quiet = $({ quiet: true })

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString()

/** Files that the container's tools write at each start, where a real machine keeps the old ones. */
const kept = ['/etc/hosts', '/etc/hostname']

/**
 * Starts new hosts.
 *
 * @param name the lab's name.
 */
export const newWorld = async (name: string, kubernetes: string): Promise<World> => {
  const file = join(cacheFolder(), 'labs', `${name}.yaml`)
  const lab = await up({
    name,
    masters: all.length,
    plain: 0,
    inventory: file,
    fresh: true,
    kubernetes,
    etcdDisk: diskSize,
  })
  const folder = join(cacheFolder(), 'labs', name)
  const own = inventorySchema.parse(parse(readFileSync(file, 'utf8')))
  const { masters: group } = own.all.children
  const only = (names: readonly Master[]) => ({
    hosts: Object.fromEntries(names.map((one) => [one, group.hosts[one] ?? {}])),
  })
  const write = ({ masters, leaving = [], vars = {} }: Wanted): string => {
    const children = {
      ...own.all.children,
      masters: { ...group, ...only(masters) },
      ...(leaving.length > 0 && { removed_masters: only(leaving) }),
    }
    const path = join(cacheFolder(), 'labs', `${name}-round.yaml`)
    writeFileSync(
      path,
      stringify({ ...own, all: { ...own.all, vars: { ...own.all.vars, ...vars }, children } }),
    )
    return path
  }

  const on = async (where: string, command: string): Promise<string> => {
    const { code, stdout, stderr } = await lab.exec(where, command)
    if (code !== 0) throw new Error(`on ${where}: ${command}\n${stderr}${stdout}`)
    return stdout
  }

  const world: World = {
    on,
    run: ({ playbook, words = [], wanted }, options = {}) =>
      spawnCli([`playbooks/${playbook}.ts`, '-i', write(wanted), '--output', 'json', ...words], {
        env: hostsElsewhere,
        ...options,
      }),
    succeed: async (command) => {
      const result = await world.run(command)
      if (result.status !== 0)
        throw new Error(`${command.playbook} ended with ${result.status}: ${failuresOf(result)}`)
      return result
    },
    powerCycle: async (where) => {
      const container = containerName(name, where)
      const found = lab.hosts.find((one) => one.name === where)
      const texts = await Promise.all(kept.map((path) => on(where, `base64 ${path}`)))
      await podman(['kill', container])
      await podman(['wait', container])
      await podman(['start', container])
      for (const [index, path] of kept.entries())
        await on(
          where,
          `base64 -d >${path} <<'END'\n${texts[index] ?? ''}END\nhostname "$(cat /etc/hostname)"`,
        )
      if (found !== undefined) await hostKeysOf(name, found)
    },
    link: async (where, state) => {
      // the other end of its cable is an interface of this machine
      const index = (await on(where, 'cat /sys/class/net/eth0/iflink')).trim()
      const { stdout } = await quiet`ip -o link`
      const [, device] = new RegExp(`^${index}: ([^@:]+)`, 'm').exec(stdout) ?? []
      await quiet`ip link set ${device ?? ''} ${state}`
    },
    disk: async (where, state) => {
      // beside the data of etcd: kubeadm refuses a folder that has other files
      const full = join(diskOf(folder, where), 'full')
      if (state === 'free') await rm(full, { force: true })
      else await quiet`head -c ${diskSize}M /dev/zero >${full}`.nothrow()
    },
    access: async (from) => {
      const { clusters, users } = kubeconfigSchema.parse(
        parse(await on(from, 'cat /etc/kubernetes/admin.conf')),
      )
      const [{ cluster }] = clusters
      const [{ user }] = users
      return {
        url: cluster.server,
        ca: fromBase64(cluster['certificate-authority-data']),
        cert: fromBase64(user['client-certificate-data']),
        key: fromBase64(user['client-key-data']),
      }
    },
  }
  return world
}
