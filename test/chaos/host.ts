/** The lab host of a round, from outside: what no run of Coxswain does to it. */
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
  /** Lines of known_hosts for it behind a port of this machine. */
  knownAs(port: number): Promise<string>
  /** Runs a shell command as root and gives what it printed; it must succeed. */
  sh(command: string): Promise<string>
  /** Takes the power away and gives it back; ends when sshd answers. */
  powerCycle(): Promise<void>
}

/** What the container's own tools write at each start, where a real machine keeps what was there. */
const kept = ['/etc/hosts', '/etc/hostname']

/**
 * A new host; the one before is gone.
 *
 * @param lab the lab's name: processes that disturb runs side by side each have their own.
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
      // the machine's own swap is not the host's
      await sh('[ ! -e /srv/swaps ] || mount --bind /srv/swaps /proc/swaps')
      await hostKeysOf(lab, host)
    },
  }
}

/** Removes the lab. */
export const removeHost = (lab: string): Promise<void> => down(lab)
