/** The lab host of a round, seen from outside: actions that a run of Coxswain does not do. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { down, up } from '../../lab/lab.ts'
import { containerName, hostKeysOf } from '../../lab/hosts.ts'
import { cacheFolder, podman } from '../../lab/machine.ts'
import { startWeb } from '../hosts/examples/web.ts'

const name = 'h1'

export interface ChaosHost {
  readonly address: string
  readonly keyFile: string
  /** Lines of known_hosts for it at a port of this machine. */
  knownAs(port: number): Promise<string>
  /** Runs a shell command as root and returns its output; it must succeed. */
  sh(command: string): Promise<string>
  /** Cuts the power and restores it; resolves when sshd answers. */
  powerCycle(): Promise<void>
}

/** Files that the container's tools write at each start, where a real machine keeps the old ones. */
const kept = ['/etc/hosts', '/etc/hostname']

/**
 * A new host; the previous one is removed.
 *
 * @param lab the lab's name: concurrent processes need different names.
 */
export const freshHost = async (lab: string): Promise<ChaosHost> => {
  const container = containerName(lab, name)
  const inventory = join(cacheFolder(), 'labs', `${lab}.yaml`)
  const made = await up({ name: lab, masters: 0, plain: 1, inventory, fresh: true })
  const [host] = made.hosts
  if (host === undefined) throw new Error('the lab has no host')
  const sh = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await made.exec(name, command)
    if (code !== 0) throw new Error(`on the host: ${command}\n${stderr}${stdout}`)
    return stdout
  }
  return {
    address: host.address,
    keyFile: made.keyFile,
    knownAs: async (port) =>
      (await readFile(made.knownHosts, 'utf8')).replaceAll(/^\S+/gm, `[127.0.0.1]:${port}`),
    sh,
    powerCycle: async () => {
      const texts = await Promise.all(kept.map((path) => sh(`base64 ${path}`)))
      await podman(['kill', container])
      await podman(['wait', container])
      await podman(['start', container])
      for (const [index, path] of kept.entries())
        await sh(`base64 -d >${path} <<'END'\n${texts[index] ?? ''}END\nhostname "$(cat /etc/hostname)"`)
      await sh(startWeb)
      // swap belongs to the machine, not to the host
      await sh('[ ! -e /srv/swaps ] || mount --bind /srv/swaps /proc/swaps')
      await hostKeysOf(lab, host)
    },
  }
}

/** Removes the lab. */
export const removeHost = (lab: string): Promise<void> => down(lab)
