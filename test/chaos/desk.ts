/** A round's folder on the controller: playbook, files, inventory, known_hosts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ByteProxy } from './byte-proxy.ts'
import type { ChaosHost } from './host.ts'
import { playbookText } from './playbook-text.ts'
import type { Step } from './recipe.ts'
import type { Desk } from './run.ts'

/** A fixed time, so that git objects have the same name on all hosts. */
const time = '2024-01-01T00:00:00Z'

/** Prepares the host for each task, and the folder from which they are run. */
export const prepareDesk = async (
  host: ChaosHost,
  { port }: ByteProxy,
  steps: readonly Step[],
): Promise<Desk> => {
  const root = mkdtempSync(join(tmpdir(), 'coxswain-chaos-'))
  const [folder, state] = [join(root, 'site'), join(root, 'state')]
  const write = (name: string, content: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content, { mode: 0o600 })
  }
  mkdirSync(state, { mode: 0o700 })
  write('chaos.ts', playbookText(steps))
  write('known_hosts', await host.knownAs(port))
  const login = { address: '127.0.0.1', port, user: 'root', private_key_file: host.keyFile }
  write(
    'inventory.yaml',
    JSON.stringify({ all: { hosts: { h1: { ...login, known_hosts_file: join(folder, 'known_hosts') } } } }),
  )
  for (const { piece } of steps) {
    for (const [name, content] of Object.entries(piece.here ?? {})) write(name, content)
    if (piece.prepare !== undefined)
      await host.sh(`export GIT_AUTHOR_DATE=${time} GIT_COMMITTER_DATE=${time}; set -e\n${piece.prepare}`)
  }
  return { folder, state }
}

/** Removes it. */
export const removeDesk = ({ folder }: Desk): void =>
  rmSync(dirname(folder), { recursive: true, force: true })
