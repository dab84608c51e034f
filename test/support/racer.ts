/**
 * A user who attacks what root writes: replaces folders, files and temporary files with links, as fast as a process can,
 * until stopped.
 *
 * `home` belongs to the user. In it, `d` alternates between a folder and a link to the victim's folder; `f` between a file,
 * a link to the victim's file and a hard link to it (as where fs.protected_hardlinks is off); `.ssh` between all of these
 * and a folder that belongs to root. Temporary files beside them are moved away and replaced by links.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import type { Stats } from 'node:fs'
import { join } from 'node:path'

const unprivileged = 65_534

const program = `
const fs = require('fs')
const [home, victim, uid] = process.argv.slice(1)
// only root can reach the files of a container
process.chdir(home)
process.setgroups([]); process.setgid(+uid); process.setuid(+uid)
const t = (f) => { try { f() } catch {} }
const swap = (name, target) => {
  t(() => fs.symlinkSync(target, name + '.link'))
  // a file that was created while the name was free
  t(() => { if (fs.existsSync(name + '.real') && !fs.lstatSync(name).isSymbolicLink()) fs.renameSync(name, '.coxswain.' + Math.random()) })
  t(() => fs.renameSync(name, name + '.real'))
  t(() => fs.renameSync(name + '.link', name))
}
const back = (name) => {
  t(() => { if (fs.lstatSync(name).isSymbolicLink()) fs.unlinkSync(name) })
  t(() => fs.renameSync(name + '.real', name))
}
const drafts = (folder) => {
  let names = []
  t(() => { names = fs.readdirSync(folder).filter((name) => name.startsWith('.coxswain') || name.endsWith('.coxswain')) })
  for (const name of names) {
    const path = folder + '/' + name
    t(() => { if (fs.lstatSync(path).isSymbolicLink()) return
      const is = fs.lstatSync(path).isDirectory()
      fs.renameSync(path, path + '.' + Math.random())
      fs.symlinkSync(is ? victim : victim + '/f', path) })
  }
}
// puts a file of root, which the attacker can only rename, in the place of a name, and takes it back
const lay = (from, name) => t(() => { fs.lstatSync(from); t(() => fs.renameSync(name + '.real', '.coxswain.' + Math.random())); t(() => fs.renameSync(name, name + '.real')); fs.renameSync(from, name) })
const take = (from, name) => t(() => { if (!fs.existsSync(from) && fs.lstatSync(name).uid === 0 && !fs.lstatSync(name).isSymbolicLink()) fs.renameSync(name, from) })
const tidy = () => { for (const folder of ['.', 'd', 'd.real', 'd/sub', 'd.real/sub', '.ssh']) {
  let names = []
  t(() => { names = fs.readdirSync(folder) })
  for (const name of names) if (name.startsWith('.coxswain')) t(() => fs.rmSync(folder + '/' + name, { recursive: true })) } }
// waits from time to time, to interfere in the middle of long operations
const still = new Int32Array(new SharedArrayBuffer(4))
const wait = () => { if (Math.random() < 0.1) Atomics.wait(still, 0, 0, Math.random() ** 3 * 800) }
process.stdout.write('ready')
for (let round = 0; ; round += 1) {
  swap('d', victim); swap('d/f', victim + '/f'); swap('f', victim + '/f'); swap('d/sub', victim + '/sub')
  wait()
  drafts('.'); drafts('d'); drafts('d/sub')
  back('d'); back('f'); back('d/f'); back('d/sub')
  drafts('.'); drafts('d'); drafts('d/sub')
  const missing = (name) => !fs.existsSync(name) && !fs.existsSync(name + '.real')
  for (const name of ['d', 'd/sub']) t(() => { if (missing(name)) fs.mkdirSync(name) })
  for (const name of ['f', 'd/f']) t(() => { if (missing(name)) fs.writeFileSync(name, 'mine') })
  wait()
  if (round % 2 === 0) lay('hard0', 'f'), lay('hard1', 'd/f'), lay('hard2', '.ssh')
  else swap('.ssh', victim)
  wait()
  back('.ssh'); take('hard0', 'f'); take('hard1', 'd/f'); take('hard2', '.ssh'); back('f'); back('d/f'); back('.ssh')
  t(() => { if (missing('.ssh')) fs.mkdirSync('.ssh', 0o700) })
  swap('.ssh/authorized_keys', victim + '/f'); swap('.ssh/known_hosts', victim + '/f'); drafts('.ssh')
  wait()
  back('.ssh/authorized_keys'); back('.ssh/known_hosts')
  if (round % 3 === 0) { lay('keep', '.ssh'); wait(); take('keep', '.ssh'); back('.ssh') }
  if (round % 50 === 0) tidy()
}
`

export interface Racer {
  /** The attacker's folder, by its path on the host. */
  readonly home: string
  /** The same folder, by its path on this machine. */
  readonly homeHere: string
  /** Creates again the attacker's hard links to root's files that the product has replaced. */
  readonly arm: () => void
  /** Owner, mode and content of everything in the victim's folders, as text: none of it must change. */
  readonly victim: () => string
  /** Stops the attacker. */
  readonly stop: () => Promise<void>
}

/** Owner, mode and content of a path and of everything below it, one line for each. */
const stateOf = (path: string): string[] => {
  const { uid, gid, mode } = lstatSync(path)
  const line = `${path} ${uid}:${gid} ${mode.toString(8)}`
  if ((mode & 0o170_000) === 0o120_000) return [`${line} -> ${readlinkSync(path)}`]
  if ((mode & 0o170_000) !== 0o040_000) return [`${line} ${readFileSync(path, 'utf8')}`]
  return [
    line,
    ...readdirSync(path)
      .toSorted()
      .flatMap((name) => stateOf(join(path, name))),
  ]
}

/** Links a file in the place of whatever the attacker, who goes on meanwhile, has put there. */
const linkOver = (file: string, link: string): void => {
  for (;;) {
    rmSync(link, { force: true, recursive: true })
    try {
      linkSync(file, link)
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/**
 * Starts the attack in an existing folder that other users can enter.
 *
 * @param folder its path on this machine.
 * @param options `there`: its path on the host, if that differs; `uid`: the attacker.
 */
export const startRacer = async (
  folder: string,
  { there = folder, uid = unprivileged }: { readonly there?: string; readonly uid?: number } = {},
): Promise<Racer> => {
  const [home, victim] = [join(folder, 'home'), join(folder, 'victim')]
  mkdirSync(home)
  for (const path of [victim, join(victim, 'sub')]) mkdirSync(path)
  for (const path of ['f', 'sub/f', 'name']) writeFileSync(join(victim, path), 'precious\n')
  chmodSync(join(victim, 'f'), 0o640)
  const armed = ({ ino }: Stats, name: string): boolean =>
    lstatSync(join(home, name), { throwIfNoEntry: false })?.ino === ino
  const arm = (): void => {
    const precious = lstatSync(join(victim, 'f'))
    for (const [at, name] of ['f', 'd/f', '.ssh'].entries()) {
      if (armed(precious, `hard${at}`) || armed(precious, name)) continue
      linkOver(join(victim, 'f'), join(home, `hard${at}`))
    }
  }
  const keep = join(home, 'keep')
  mkdirSync(keep, 0o755)
  writeFileSync(join(keep, 'k'), 'precious\n')
  // the descriptor stays valid when the attacker renames the folder
  const keepFd = openSync(keep, 'r')
  arm()
  chownSync(home, uid, uid)
  const child = spawn(process.execPath, ['-e', program, home, join(there, 'victim'), String(uid)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return {
    home: join(there, 'home'),
    homeHere: home,
    arm,
    victim: () => [...stateOf(victim), ...stateOf(`/proc/self/fd/${keepFd}/.`)].join('\n'),
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      closeSync(keepFd)
    },
  }
}
