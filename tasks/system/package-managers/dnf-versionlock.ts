import { CoxswainError } from '../../../engine/index.ts'
import { bareName } from './rpm-installed.ts'
import type { Holding } from './types.ts'

/**
 * Names in the list of dnf 4: `NAME-EPOCH:VERSION-RELEASE.*`. An entry with `!` only excludes a version, and does not hold
 * the package.
 */
export const namesInList = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    if (/^\s*[#!]/.test(line)) return []
    const [, name] = /^(.+)-\d+:/.exec(line) ?? /^(.+)-[^-]+-[^-]+$/.exec(line) ?? []
    return name === undefined ? [] : [name]
  })

/** Names in the list of dnf 5, which is TOML. */
export const namesInToml = (text: string): string[] =>
  [...text.matchAll(/^[ \t]*name[ \t]*=[ \t]*["'](.+)["'][ \t]*$/gm)].map(([, name = '']) => name)

/** Holds packages with the plugin versionlock. A package can be locked before it is installed. */
export const versionlock: Holding = {
  holdsMissing: false,
  // read the files, because the plugin might not be installed; then no package is held
  held: async ({ remote }, names) => {
    const [list = '', toml = ''] = await Promise.all([
      remote.read('/etc/dnf/plugins/versionlock.list'),
      remote.read('/etc/dnf/versionlock.toml'),
    ])
    const held = new Set([...namesInList(list), ...namesInToml(toml)])
    // a lock applies to all architectures
    return names.filter((name) => held.has(bareName(name)))
  },
  hold: async ({ remote }, names, on) => {
    const { ok, stdout, stderr } =
      await remote.run`dnf versionlock ${on ? 'add' : 'delete'} ${names.map(bareName)}`.result()
    if (ok) return
    throw new CoxswainError('task-failed', `dnf versionlock does not hold ${names.join(', ')}`, {
      output: `${stdout}\n${stderr}`.trim(),
      hint: "if dnf does not have this command, install it first: package name='dnf-command(versionlock)'",
    })
  },
}
