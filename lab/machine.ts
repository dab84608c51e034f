import { existsSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { $ } from 'zx'
import { LabError, step } from './say.ts'

/** Debian packages that the lab needs on this machine. */
const packages = [
  'podman',
  'runc',
  'netavark',
  'aardvark-dns',
  'mmdebstrap',
  'openssh-client',
  'iproute2',
  'iptables',
]

/** Debian packages that a virtual machine needs on this machine. */
export const vmPackages = ['qemu-system-x86', 'mmdebstrap', 'e2fsprogs', 'openssh-client']

/** The folder for everything that is big or must survive a checkout. */
export const cacheFolder = (): string =>
  process.env['COXSWAIN_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'coxswain')

/** The lab's own files in this checkout. */
export const labFolder = import.meta.dirname

/** podman's settings for the lab; they do not change those of the machine. */
export const podmanEnvironment = (): Record<string, string | undefined> => ({
  ...process.env,
  CONTAINERS_CONF: resolve(labFolder, 'containers.conf'),
})

/** Runs podman. */
export const podman = (words: readonly string[]) =>
  $({ env: podmanEnvironment(), quiet: true })`podman ${words}`

const missingPackages = async (wanted: readonly string[]): Promise<readonly string[]> => {
  const listed = await $({
    quiet: true,
    nothrow: true,
  })`dpkg-query -W -f '\${Package} \${Status}\n' ${wanted}`
  const installed = new Set(
    listed.stdout
      .split('\n')
      .flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0] ?? ''] : [])),
  )
  return wanted.filter((name) => !installed.has(name))
}

/**
 * Makes sure that this machine can run a lab; installs missing packages.
 *
 * @param wanted packages; by default those for a lab of containers.
 * @throws LabError if the machine is not Debian, or we are not root.
 */
export const prepareMachine = async (wanted: readonly string[] = packages): Promise<void> => {
  if (process.getuid?.() !== 0) {
    throw new LabError(
      'the lab needs root: its hosts are privileged containers, and their images are built by root',
      'run it as root, or in a virtual machine',
    )
  }
  if ((await $({ quiet: true, nothrow: true })`unshare --mount true`).exitCode !== 0) {
    throw new LabError(
      'the lab cannot mount anything here: this is a chroot, or a container without the rights for it',
      'run it on a machine, in a virtual machine, or in a privileged container',
    )
  }
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  const missing = await missingPackages(wanted).catch(() => wanted)
  if (missing.length === 0) return
  if (!/^(ID|ID_LIKE)=.*debian/m.test(release)) {
    throw new LabError(
      `the lab lacks ${missing.join(', ')}`,
      'install them; on Debian the lab installs them itself',
    )
  }
  await step(`installing ${missing.join(', ')}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await $({ quiet: true, env })`apt-get update -qq`
    await $({
      quiet: true,
      env,
    })`apt-get install -y -qq -o DPkg::Lock::Timeout=600 --no-install-recommends ${missing}`
  })
}

/** inotify instances that systemd and its services need on one host, with a margin. */
const watchersOfHost = 16
const watchersFile = '/proc/sys/fs/inotify/max_user_instances'

/** Raises the limit so that this many systemds can run: all containers of root share one limit of the machine. */
export const makeRoomForHosts = async (hosts: number): Promise<void> => {
  const wanted = 128 + hosts * watchersOfHost
  if (Number(await readFile(watchersFile, 'utf8')) >= wanted) return
  await step(`raising fs.inotify.max_user_instances to ${wanted}`, () => writeFile(watchersFile, `${wanted}`))
}

/** Whether the machine, and so every host of a lab, has the controllers of cgroups in version 1. */
export const hasCgroupV1 = (): boolean => !existsSync('/sys/fs/cgroup/cgroup.controllers')
