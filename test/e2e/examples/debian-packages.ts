/** Debian packages for hosts of the lab, whose network leads nowhere: a flat repository on each of them. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Lab } from '../../../lab/types.ts'
import { hostsElsewhere, spawnCli } from '../../support/run-cli.ts'

/** Downloads packages with those that they need, and that a host does not have. Returns their folder, below the given one. */
const download = async (lab: Lab, names: readonly string[], folder: string): Promise<string> => {
  const archives = join(folder, 'archives')
  mkdirSync(join(archives, 'partial'), { recursive: true })
  const [host] = lab.hosts
  assert.ok(host)
  const status = join(folder, 'status')
  writeFileSync(status, (await lab.exec(host.name, 'cat /var/lib/dpkg/status')).stdout)
  execFileSync(
    'apt-get',
    [
      'install',
      '--yes',
      '--download-only',
      '--no-install-recommends',
      '-o',
      `Dir::State::status=${status}`,
      '-o',
      `Dir::Cache::archives=${archives}`,
      // the folder is for its owner only
      '-o',
      'APT::Sandbox::User=root',
      ...names,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  return archives
}

/** Makes packages of this machine's repositories installable on all hosts of a lab. They pass through a folder here. */
export const offerPackages = async (lab: Lab, names: readonly string[], folder: string): Promise<void> => {
  const src = await download(lab, names, folder)
  const words = ['copy', `src=${src}`, 'dest=/srv/debs', '-i', lab.inventory, '--hosts', 'all']
  const copied = await spawnCli(words, { env: hostsElsewhere })
  assert.is(copied.status, 0, copied.stderr)
  for (const { name } of lab.hosts) {
    const { code, stderr } = await lab.exec(
      name,
      `set -e; cd /srv/debs; apt-ftparchive packages . >Packages
rm -f /etc/apt/sources.list.d/* /etc/apt/sources.list
echo 'deb [trusted=yes] copy:/srv/debs ./' >/etc/apt/sources.list`,
    )
    assert.is(code, 0, stderr)
  }
}
