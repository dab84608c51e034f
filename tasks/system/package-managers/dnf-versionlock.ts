import { CoxswainError } from '../../../engine/index.ts'
import type { Holding } from './types.ts'

/** Names in the list of dnf 4: `NAME-EPOCH:VERSION-RELEASE.*`; a `!` before it keeps one version away and holds nothing. */
export const namesInList = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    if (/^\s*[#!]/.test(line)) return []
    const [, name] = /^(.+)-\d+:/.exec(line) ?? /^(.+)-[^-]+-[^-]+$/.exec(line) ?? []
    return name === undefined ? [] : [name]
  })

/** Names in that of dnf 5, which is TOML. */
export const namesInToml = (text: string): string[] =>
  [...text.matchAll(/^[ \t]*name[ \t]*=[ \t]*["'](.+)["'][ \t]*$/gm)].map(([, name = '']) => name)

const architecture = /\.(x86_64|i[3-6]86|aarch64|armv7hl|ppc64le|s390x|riscv64|noarch)$/

/** A name without its architecture: the list has none. */
const bare = (name: string): string => name.replace(architecture, '')

/** Holding with the plugin versionlock; what is not installed may be locked before it is. */
export const versionlock: Holding = {
  holdsMissing: false,
  // the files, for the plugin may not be there yet, and then nothing is held
  held: async ({ remote }, names) => {
    const [list = '', toml = ''] = await Promise.all([
      remote.read('/etc/dnf/plugins/versionlock.list'),
      remote.read('/etc/dnf/versionlock.toml'),
    ])
    const held = new Set([...namesInList(list), ...namesInToml(toml)])
    // what is locked is locked for each architecture
    return names.filter((name) => held.has(bare(name)))
  },
  hold: async ({ remote }, names, on) => {
    const { ok, stdout, stderr } =
      await remote.run`dnf versionlock ${on ? 'add' : 'delete'} ${names.map(bare)}`.result()
    if (ok) return
    throw new CoxswainError('task-failed', `dnf versionlock does not hold ${names.join(', ')}`, {
      output: `${stdout}\n${stderr}`.trim(),
      hint: "if dnf does not have this command, install it first: package name='dnf-command(versionlock)'",
    })
  },
}
