/** A lab: disposable hosts with systemd and sshd on this machine. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { pool } from '../engine/run/pool.ts'
import { containerdVersions, currentHostImage, hostImage, suiteOf } from './artifacts.ts'
import { bundle } from './bundles.ts'
import type { Bundle } from './bundles.ts'
import { containerName, containers, hostKeysOf, removeHosts, startHost } from './hosts.ts'
import type { LabHost } from './hosts.ts'
import { flannelFields, inventoryText, isCurrent } from './inventory.ts'
import type { Lab, LabOptions } from './types.ts'
import { cacheFolder, makeRoomForHosts, podman, prepareMachine } from './machine.ts'
import { labNetwork, removeNetworks } from './network.ts'
import { LabError, step } from './say.ts'
import { newDisk, removeDisks } from './small-disk.ts'
import { debianRelease, debianVersion } from './source.ts'

const stateFolder = (name: string): string => join(cacheFolder(), 'labs', name)

/** The wanted hosts, with the last number of their addresses. */
const wantedHosts = ({
  masters,
  workers = 0,
  plain,
}: LabOptions): (Omit<LabHost, 'address' | 'second'> & { number: number })[] => [
  ...(masters > 0 ? [{ name: 'lb1', number: 10, role: 'loadbalancer' as const }] : []),
  ...Array.from({ length: masters }, (_, index) => ({
    name: `m${index + 1}`,
    number: 11 + index,
    role: 'master' as const,
  })),
  ...Array.from({ length: workers }, (_, index) => ({
    name: `w${index + 1}`,
    number: 51 + index,
    role: 'worker' as const,
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

const asLab = (
  name: string,
  { hosts, inventory, kubernetes }: Pick<Lab, 'hosts' | 'inventory' | 'kubernetes'>,
): Lab => ({
  name,
  hosts,
  inventory,
  kubernetes,
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

/** Removes all hosts of a lab, those with the given names first, and its network. */
const removeAll = async (name: string, names: readonly string[] = []): Promise<void> => {
  await removeHosts(name, names)
  await removeHosts(name, [...(await containers(name)).keys()])
  await removeNetworks(name)
  await removeDisks(stateFolder(name))
}

/**
 * The names of the wanted hosts that run. All others are removed; with `fresh`, all hosts are. If none is left, the network is
 * removed too: podman could still count the addresses of killed hosts as taken.
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

/** @throws LabError if the options are those of hosts for current Kubernetes, and the version is an old one. */
const refuseIfOld = (version: string, { containerd, network = 'ipv4' }: LabOptions): void => {
  if (isCurrent(version) || (containerd === undefined && network === 'ipv4')) return
  throw new LabError(
    `the hosts for Kubernetes ${version} have containerd ${containerdVersions[0]} and addresses of IPv4`,
    'leave out --containerd and --network, or use --kubernetes 1.34 or later',
  )
}

/** The bundle and the image of the hosts, made at the same time. */
const artifacts = async (options: LabOptions): Promise<{ image: string; kubernetes: Bundle | undefined }> => {
  const { masters, workers = 0, containerd, kubernetes: release = debianRelease, bundle: given } = options
  if (masters === 0 && workers > 0)
    throw new LabError('workers need a master', 'use --masters 1, or leave out --workers')
  if (masters === 0) return { image: await hostImage(), kubernetes: undefined }
  if (given === undefined) refuseIfOld(release, options)
  const [kubernetes] = await Promise.all([bundle(options), hostImage(suiteOf(containerd))])
  refuseIfOld(kubernetes.version, options)
  const image = await (isCurrent(kubernetes.version) ? currentHostImage(containerd) : hostImage())
  return { image, kubernetes }
}

/** What the masters of a lab are for, in words: a lab cannot have masters of several kinds. */
const kindOf = ({ version }: Bundle, { containerd }: LabOptions): string =>
  containerd === undefined || containerd === containerdVersions[0]
    ? version
    : `${version} with containerd ${containerd}`

/**
 * Refuses to go on with hosts of another version of Kubernetes or containerd, and remembers the one of this lab.
 *
 * @throws LabError
 */
const keepVersion = async (name: string, kept: readonly string[], version: string): Promise<void> => {
  const file = join(stateFolder(name), 'kubernetes')
  // a lab from before this file existed has Debian's version
  const before = existsSync(file) ? await readFile(file, 'utf8') : debianVersion
  if (kept.includes('m1') && before !== version)
    throw new LabError(
      `the hosts of the lab ${name} are for Kubernetes ${before}, not ${version}`,
      'create new hosts with --fresh, or use another --name',
    )
  await writeFile(file, version)
}

/** A bundle with the manifest of its pod network for hosts like this one, in the lab's own folder. */
const withNetworks = async (found: Bundle, name: string, host: LabHost): Promise<Bundle> => {
  if (found.cni === undefined) return found
  const text = (await readFile(found.cni, 'utf8')).replace(/"Network":\s*"[^"]+"/, flannelFields(host))
  const cni = join(stateFolder(name), 'kube-flannel.yml')
  await writeFile(cni, text)
  return { ...found, cni }
}

/** Starts a lab, or finds it running; writes its inventory. */
export const up = async (options: LabOptions): Promise<Lab> => {
  const { name, fresh, inventory } = options
  await prepareMachine()
  await makeRoomForHosts(options.masters + (options.workers ?? 0) + options.plain + 1)
  const { image, kubernetes } = await artifacts(options)
  const folder = stateFolder(name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const keyFile = await loginKey(folder)
  const wanted = wantedHosts(options)
  const kept = await livingHosts(name, { fresh, wanted: wanted.map((host) => host.name) })
  if (kubernetes !== undefined) await keepVersion(name, kept, kindOf(kubernetes, options))
  const { name: network, prefixes } = await labNetwork(name, options.network)
  const hosts: LabHost[] = wanted.map(({ number, ...host }) => {
    const [address = '', second] = prefixes.map((prefix) => `${prefix}${number}`)
    return { ...host, address, second }
  })
  const missing = hosts.filter((host) => !kept.includes(host.name))
  if (missing.length > 0) {
    await step(
      `starting ${missing.length > 8 ? `${missing.length} hosts` : missing.map((host) => host.name).join(', ')}`,
      async () => {
        await pool(missing, availableParallelism(), async (host) =>
          startHost(name, host, {
            image,
            bundle: kubernetes?.folder,
            network,
            publicKey: `${keyFile}.pub`,
            etcd:
              options.etcdDisk === undefined || host.role !== 'master'
                ? undefined
                : await newDisk(folder, host.name, options.etcdDisk),
          }),
        )
      },
    )
  }
  const keys = await Promise.all(hosts.map((host) => hostKeysOf(name, host)))
  const lines = hosts.flatMap(({ address }, index) => (keys[index] ?? []).map((key) => `${address} ${key}\n`))
  const lab = asLab(name, { hosts, inventory, kubernetes: kubernetes?.version })
  await writeFile(lab.knownHosts, lines.join(''), { mode: 0o600 })
  await mkdir(dirname(inventory), { recursive: true })
  const [first] = hosts
  const networked = kubernetes && first && (await withNetworks(kubernetes, name, first))
  await writeFile(inventory, inventoryText(lab, networked))
  return lab
}

/** Removes a lab with everything outside the caches. */
export const down = async (name: string): Promise<void> => {
  await prepareMachine()
  await removeAll(name)
  await rm(stateFolder(name), { recursive: true, force: true })
}
