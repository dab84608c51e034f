/** What kind of inventory a file is. */
import { open, stat } from 'node:fs/promises'
import { CoxswainError } from '../../errors.ts'

/** Names in a folder of inventories that are none: Ansible's list, and what else editors, keys and modules leave. */
const left =
  /^(host_vars|group_vars|vars_plugins|node_modules|package(-lock)?\.json|tsconfig\.json)$|^[.#]|~$|\.(pyc|pyo|swp|bak|rpm|md|txt|rst|orig|cfg|retry|d\.ts|schema\.json|pub|key|pem|crt)$/

/** Whether something in a folder of inventories is read as one. */
export const isLeftOut = (name: string): boolean => left.test(name)

/** Whether a name is that of a module. */
export const isModuleName = (path: string): boolean => /\.m?[jt]s$/.test(path)

/** The first bytes of a file. */
const headOf = async (path: string): Promise<Buffer> => {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/**
 * Whether a file is a program: one that starts with `#!` or is a binary, and may be executed. The x bit alone says
 * nothing: on some file systems every file has it.
 *
 * @throws `load-failed` for a script without the x bit.
 */
export const isProgram = async (path: string): Promise<boolean> => {
  const { mode } = await stat(path)
  const head = await headOf(path).catch(() => Buffer.alloc(0))
  const script = head.toString('latin1').startsWith('#!')
  const binary = head.toString('latin1') === '\u007FELF'
  if (!script && !binary) return false
  if ((mode & 0o111) !== 0) return true
  // a module may have a line for the shell, too
  if (isModuleName(path)) return false
  throw new CoxswainError('load-failed', `${path} is a program that may not be executed`, {
    place: { file: path },
    hint: `give it the x bit: chmod +x ${path}`,
  })
}

/** The first line that says something. */
const firstLine = (text: string): string => text.split('\n').find((one) => !/^\s*([#;]|$)/.test(one)) ?? ''

/** Whether text in a file that is named like YAML is INI: it begins with a heading, or with a host that is no YAML map. */
export const looksLikeIni = (text: string): boolean => {
  const line = firstLine(text)
  if (line === '' || looksLikeYaml(text)) return false
  return /^\s*\[[^:\]\s,]+(:\w+)?\]\s*(#.*)?$/.test(line) || /^\w/.test(line.trim())
}

/** Whether text that no ending tells is YAML: its first line that says something is a key, a map or a document's mark. */
export const looksLikeYaml = (text: string): boolean => {
  const line = firstLine(text)
  return /^\s*(---|%YAML|\{|("[^"]*"|'[^']*'|[^\s:[\]=]+)\s*:(\s|$))/.test(line)
}
