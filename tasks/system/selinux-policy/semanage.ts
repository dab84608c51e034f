/** What semanage and getsebool of SELinux print, and how they are called. Sources: semanage(8), getsebool(8), and their programs. */
import { CoxswainError } from '../../../engine/index.ts'
import type { RemoteReader } from '../../../engine/index.ts'

/** The package that has semanage, for hints. */
export const semanagePackage = 'install it first: policycoreutils-python-utils of Red Hat and Debian'

/** The reason without semanage. */
export const noSemanage = 'semanage is not installed yet'

/**
 * Lists objects of the policy; undefined without semanage.
 *
 * @param words such as `port --list --noheading`.
 * @throws `command-failed` if semanage refuses.
 */
export const semanageList = async (
  { query }: RemoteReader,
  words: readonly string[],
): Promise<readonly string[] | undefined> => {
  const { code, stdout, stderr } = await query({ timeout: 120 })`semanage ${words}`.result()
  if (code === 127) return undefined
  if (code === 0) return stdout.split('\n').filter((line) => line.trim() !== '')
  throw new CoxswainError('command-failed', `semanage ${words[0]} --list: exit status ${code}`, {
    output: stderr.trim(),
    hint: 'the task must run as root, on a host with a policy of SELinux',
  })
}

/** A boolean in `semanage boolean --list`: `httpd_can_network_connect (off , on) Allow …`: now, and in the policy. */
export const booleanIn = (
  lines: readonly string[],
  name: string,
): { readonly now: boolean; readonly kept: boolean } | undefined => {
  for (const line of lines) {
    const [, found, now, kept] = /^(\S+)\s+\((on|off)\s*,\s*(on|off)\s*\)/.exec(line) ?? []
    if (found === name) return { now: now === 'on', kept: kept === 'on' }
  }
  return undefined
}

/** A type of ports in `semanage port --list`: `http_port_t tcp 80, 81, 8008-8010`. */
export interface PortType {
  readonly type: string
  readonly protocol: string
  readonly ports: readonly string[]
}

/** The types of ports. */
export const portTypesIn = (lines: readonly string[]): PortType[] =>
  lines.flatMap((line) => {
    const [, type, protocol, ports] = /^(\S+)\s+(\S+)\s+(\d.*)$/.exec(line.trim()) ?? []
    if (type === undefined || protocol === undefined || ports === undefined) return []
    return [{ type, protocol, ports: ports.split(',').map((one) => one.trim()) }]
  })

/** Kinds of files, by their letter for semanage, as the list names them. */
export const fileKinds = {
  a: 'all files',
  f: 'regular file',
  d: 'directory',
  c: 'character device',
  b: 'block device',
  s: 'socket',
  l: 'symbolic link',
  p: 'named pipe',
} as const

/** A rule in `semanage fcontext --list`. */
export interface FileRule {
  readonly target: string
  readonly kind: string
  /** `user:role:type:level`, or without the level, or `<<None>>`. */
  readonly context: string
}

const kinds = Object.values(fileKinds).join('|')
const rule = new RegExp(`^(\\S.*?)\\s+(${kinds})\\s+(\\S+)$`)

/** The rules for files. Other lines, such as those of equivalent folders, are left out. */
export const fileRulesIn = (lines: readonly string[]): FileRule[] =>
  lines.flatMap((line) => {
    const [, target, kind, context] = rule.exec(line.trim()) ?? []
    return target === undefined || kind === undefined || context === undefined
      ? []
      : [{ target, kind, context }]
  })
