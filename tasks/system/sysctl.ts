import { posix } from 'node:path'
import { defineTask, driftUnlessEmpty, flag, z } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import type { CheckContext, RemoteReader } from '../../engine/index.ts'
import { readText, writeText } from '../shared/file-text.ts'
import { appendLines, linesOf, mapLines } from '../shared/lines.ts'
import { oneLine } from '../shared/one-line.ts'
import { countsElsewhere, filesAfter, filesInOrder, isRead, otherFiles } from './drop-ins/later-files.ts'
import type { FoundFile, Places } from './drop-ins/later-files.ts'

/** A value for a comparison: the kernel prints tabs between the fields of a list, and accepts any blanks. */
const fields = (text: string): string => text.trim().split(/\s+/).join(' ')

/**
 * A key with slashes between its parts, as a path below /proc/sys. If the first separator is a dot, dots and slashes are
 * exchanged (sysctl.d(5)): `net.ipv4.conf.eth0/1.forwarding` is `net/ipv4/conf/eth0.1/forwarding`.
 */
const pathOf = (key: string): string =>
  /^[^./]*\//.test(key) ? key : key.replaceAll(/[./]/g, (sign) => (sign === '.' ? '/' : '.'))

interface Setting {
  readonly name: string
  readonly value: string
  /** The text before the value, and after it. */
  readonly before: string
  readonly after: string
}

/**
 * Parses a line that sets a key; a dash before the key ignores failures. The time is proportional to the length of the
 * line.
 */
const settingIn = (line: string): Setting | undefined => {
  const equals = line.indexOf('=')
  const left = line.slice(0, Math.max(equals, 0)).trim()
  const name = left.startsWith('-') ? left.slice(1).trimStart() : left
  if (!/^[^#;=\s-][^=\s]*$/.test(name)) return undefined
  const right = line.slice(equals + 1)
  const value = right.trim()
  const start = equals + 1 + (right.length - right.trimStart().length)
  return { name, value, before: line.slice(0, start), after: line.slice(start + value.length) }
}

/** The value that a line sets for the key, or undefined. */
const valueIn = (line: string, key: string): string | undefined => {
  const found = settingIn(line)
  return found !== undefined && pathOf(found.name) === pathOf(key) ? found.value : undefined
}

/** The index of the last line that sets a key, which counts, as in sysctl.d(5). */
const lastOf = (lines: readonly string[], key: string): number =>
  lines.findLastIndex((line) => valueIn(line, key) !== undefined)

const savedValue = (text: string | undefined, key: string): string | undefined => {
  const lines = linesOf(text)
  return valueIn(lines[lastOf(lines, key)] ?? '', key)
}

/** The text with the key set to a value. Other lines, and the spacing of this line, stay unchanged. */
export const withValue = (text: string, key: string, value: string): string => {
  const at = lastOf(linesOf(text), key)
  if (at < 0) return appendLines(text, [`${key} = ${value}`])
  return mapLines(text, (line, index) => {
    const found = index === at ? settingIn(line) : undefined
    if (found === undefined || fields(found.value) === fields(value)) return [line]
    return [found.before + value + found.after]
  })
}

/** The files that are read at boot (sysctl.d(5)), and by `sysctl --system`, which reads /etc/sysctl.conf last. */
const places: Places = {
  folders: [
    '/etc/sysctl.d',
    '/run/sysctl.d',
    '/usr/local/lib/sysctl.d',
    '/usr/lib/sysctl.d',
    '/lib/sysctl.d',
  ],
  last: '/etc/sysctl.conf',
}

/** The other files that are read at boot, if that of the task is. */
const othersOf = async (ctx: CheckContext, key: string, file: string): Promise<readonly FoundFile[]> =>
  isRead(places, file) ? otherFiles(ctx, places, file, pathOf(key).split('/').at(-1) ?? key) : []

/** @throws `task-failed` if a file that is read later sets another value. */
const mustCount = (files: readonly FoundFile[], key: string, value: string, own: string): void => {
  const winner = filesAfter(places, own, files).findLast(
    ({ lines }) => savedValue(lines.join('\n'), key) !== undefined,
  )
  const there = winner && savedValue(winner.lines.join('\n'), key)
  if (winner !== undefined && there !== undefined && fields(there) !== fields(value))
    throw countsElsewhere(`${key} = ${there}`, own, winner.path)
}

/** The value that is set at boot by other files than that of the task. */
const setElsewhere = (files: readonly FoundFile[], key: string): string | undefined =>
  filesInOrder(places, files)
    .map(({ lines }) => savedValue(lines.join('\n'), key))
    .findLast((value) => value !== undefined)

/** Whether the running kernel has the parameter. */
const isKnown = (remote: RemoteReader, key: string): Promise<boolean> =>
  remote.exists(`/proc/sys/${pathOf(key)}`)

/** Sets a kernel parameter, now and at boot. */
export const sysctl = defineTask({
  name: 'sysctl',
  description: 'Sets a kernel parameter, now and at boot.',
  reads: 'sysctl -n, the file, and the files that are read after it',
  example: { key: 'net.ipv4.ip_forward', value: 1 },
  params: () =>
    z.object({
      key: z
        .string()
        .regex(/^[\w.][^\s=]*$/, 'must be the name of a parameter, such as net.ipv4.ip_forward')
        .describe('dotted name, such as net.ipv4.ip_forward'),
      value: z.coerce
        .string<string | number | boolean>()
        .pipe(oneLine('a value'))
        .describe('the value to set'),
      file: remoteFile()
        .default('/etc/sysctl.d/90-coxswain.conf')
        .describe('the file to write for the next boot'),
      anyFile: flag()
        .default(false)
        .describe(
          'accept a value that other files set for the next boot, where the file does not set one; by default it is in the file',
        ),
      ignoreUnknown: flag()
        .default(false)
        .describe(
          'only write the file if the running kernel does not have the parameter, as in a container or before its module is loaded; by default that is an error',
        ),
    }),
  title: ({ key, value }) => `${key} = ${value}`,
  writes: ({ file }) => [{ path: posix.dirname(file), as: 'folder' }],

  async check(ctx, { key, value, file, anyFile, ignoreUnknown }) {
    const { remote } = ctx
    const known = !ignoreUnknown || (await isKnown(remote, key))
    const [live, saved, others] = await Promise.all([
      known ? remote.query`sysctl -n ${key}`.text() : undefined,
      readText(remote, file),
      othersOf(ctx, key, file),
    ])
    mustCount(others, key, value, file)
    const kept = savedValue(saved, key) ?? (anyFile ? setElsewhere(others, key) : undefined)
    return driftUnlessEmpty([
      ...(live === undefined || fields(live) === fields(value) ? [] : [{ what: key, from: live, to: value }]),
      ...(kept !== undefined && fields(kept) === fields(value)
        ? []
        : [{ what: `${key} in ${file}`, from: kept, to: value }]),
    ])
  },

  async apply(ctx, { key, value, file, anyFile, ignoreUnknown }) {
    const { remote } = ctx
    if (!ignoreUnknown || (await isKnown(remote, key))) await remote.run`sysctl -w ${`${key}=${value}`}`
    const saved = await readText(remote, file)
    if (anyFile && savedValue(saved, key) === undefined) {
      const elsewhere = setElsewhere(await othersOf(ctx, key, file), key)
      if (elsewhere !== undefined && fields(elsewhere) === fields(value)) return
    }
    await remote.makeDirectory(file.slice(0, file.lastIndexOf('/')) || '/')
    await writeText(remote, file, withValue(saved ?? '', key, value))
  },
})
