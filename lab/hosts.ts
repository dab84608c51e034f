import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { podman } from './machine.ts'
import { LabError } from './say.ts'

/** A host of the lab. */
export interface LabHost {
  readonly name: string
  readonly address: string
  /** The address of IPv6 in a lab of both families. */
  readonly second?: string | undefined
  readonly role: 'master' | 'worker' | 'loadbalancer' | 'plain'
}

const listed = z.array(
  z.object({ Names: z.array(z.string()), State: z.string(), Pid: z.number().default(0) }),
)

/** The containers of a lab by their host's name, and whether they really run. */
export const containers = async (lab: string): Promise<Map<string, boolean>> => {
  const { exitCode, stdout, stderr } = await podman([
    'ps',
    '-a',
    '--filter',
    `label=coxswain-lab=${lab}`,
    '--format',
    'json',
  ]).nothrow()
  // podman 4.3 lists nothing while a container exists that was killed together with its network namespace
  if (exitCode !== 0)
    throw new LabError(`podman cannot list its containers: ${stderr.trim()}`, 'create new hosts: --fresh')
  const found = listed.parse(JSON.parse(stdout || '[]'))
  const names = found.map(({ Names: [name = ''] }) => name)
  const alive = await Promise.all(
    // after the machine was switched off, podman still lists the old containers; only a command inside shows whether one runs
    names.map(async (name) => (await podman(['exec', name, 'true']).nothrow()).exitCode === 0),
  )
  return new Map(names.map((name, index) => [name.slice(lab.length + 1), alive[index] === true]))
}

export const containerName = (lab: string, host: string): string => `${lab}-${host}`

/** Starts a host; it boots by itself. */
export const startHost = async (
  lab: string,
  { name, address, second, role }: LabHost,
  {
    image,
    bundle,
    network,
    publicKey,
    etcd,
  }: {
    image: string
    bundle: string | undefined
    network: string
    publicKey: string
    /** A folder of this machine for the data of etcd. */
    etcd?: string | undefined
  },
): Promise<void> => {
  const container = containerName(lab, name)
  const node = (role === 'master' || role === 'worker') && bundle !== undefined
  await podman([
    'run',
    '--detach',
    '--name',
    container,
    '--hostname',
    name,
    '--label',
    `coxswain-lab=${lab}`,
    '--privileged',
    '--systemd=always',
    '--cgroupns=private',
    '--network',
    network,
    ...[address, ...(second === undefined ? [] : [second])].flatMap((one) => [
      one.includes(':') ? '--ip6' : '--ip',
      one,
    ]),
    '--tmpfs',
    '/run',
    '--tmpfs',
    '/tmp',
    '--volume',
    `${publicKey}:/etc/ssh/authorized/lab.pub:ro`,
    // overlay cannot be mounted on overlay: the data of containerd and etcd is in separate volumes
    ...(node
      ? [
          '/var/lib/containerd',
          '/var/lib/kubelet',
          `${etcd === undefined ? '' : `${etcd}:`}/var/lib/etcd`,
        ].flatMap((volume) => ['--volume', volume])
      : []),
    ...(node
      ? [
          '--volume',
          `${bundle}/bin:/opt/coxswain/bin:ro`,
          '--volume',
          `${bundle}/images:/opt/coxswain/images:ro`,
          // all bundles, also those that are made later: an upgrade finds the next version there
          '--volume',
          `${dirname(bundle)}:/opt/coxswain/bundles:ro`,
        ]
      : []),
    // nothing of Kubernetes runs on other hosts: /dev/null in place of a unit masks it
    ...(role === 'plain'
      ? ['kubelet', 'containerd'].flatMap((unit) => [
          '--volume',
          `/dev/null:/etc/systemd/system/${unit}.service:ro`,
        ])
      : []),
    ...(existsSync('/lib/modules') ? ['--volume', '/lib/modules:/lib/modules:ro'] : []),
    image,
    '/lib/systemd/systemd',
  ])
}

/** Waits until a host's sshd answers, and returns its public host keys. */
export const hostKeysOf = async (lab: string, { name }: LabHost): Promise<string[]> => {
  const container = containerName(lab, name)
  for (let tries = 0; tries < 240; tries += 1) {
    const state = await podman([
      'exec',
      container,
      'sh',
      '-c',
      'systemctl is-active -q ssh && cat /etc/ssh/ssh_host_*_key.pub',
    ]).nothrow()
    if (state.exitCode === 0) return state.lines()
    await sleep(500)
  }
  throw new LabError(
    `${name} does not come up`,
    `check: podman logs ${container}; podman exec ${container} systemctl --failed`,
  )
}

/** Removes hosts with their volumes, if they exist. */
export const removeHosts = async (lab: string, names: readonly string[]): Promise<void> => {
  if (names.length === 0) return
  const found = names.map((name) => containerName(lab, name))
  const words = ['rm', '--force', '--ignore', '--volumes', '--time', '0', ...found]
  // podman 4.3 fails, or only seems to succeed, on the first attempt after a container was killed from outside
  await podman(words).nothrow()
  const { exitCode, stderr } = await podman(words).nothrow()
  if (exitCode !== 0)
    throw new LabError(
      `podman does not remove ${found.join(', ')}: ${stderr.trim()}`,
      `see: podman rm --force ${found[0]}`,
    )
}
