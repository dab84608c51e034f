/** Determines the kind of an inventory file. */
import { open, stat } from 'node:fs/promises'
import { CoxswainError } from '../../errors.ts'

/** Names in an inventory folder that are not inventories: Ansible's list, and files of editors, keys and modules. */
const left =
  /^(host_vars|group_vars|vars_plugins|node_modules|package(-lock)?\.json|tsconfig\.json)$|^[.#]|~$|\.(pyc|pyo|swp|bak|rpm|md|txt|rst|orig|cfg|retry|d\.ts|schema\.json|pub|key|pem|crt)$/

/** Whether a name in an inventory folder is skipped. */
export const isLeftOut = (name: string): boolean => left.test(name)

/** Whether a path is a module. */
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
 * Whether a file is a program: it starts with `#!` or is a binary, and is executable. The x bit alone is not
 * enough: on some file systems every file has it.
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
  // a module can also start with #!
  if (isModuleName(path)) return false
  throw new CoxswainError('load-failed', `${path} is a program without execute permission`, {
    place: { file: path },
    hint: `make it executable: chmod +x ${path}`,
  })
}

/** The first line that is not empty or a comment. */
const firstLine = (text: string): string => text.split('\n').find((one) => !/^\s*([#;]|$)/.test(one)) ?? ''

/** Whether a file that is named as YAML is INI: it starts with a heading, or with a host that is not a YAML map. */
export const looksLikeIni = (text: string): boolean => {
  const line = firstLine(text)
  if (line === '' || looksLikeYaml(text)) return false
  return /^\s*\[[^:\]\s,]+(:\w+)?\]\s*(#.*)?$/.test(line) || /^\w/.test(line.trim())
}

/** Whether a file without a known extension is YAML: its first line is a key, a map or a document marker. */
export const looksLikeYaml = (text: string): boolean => {
  const line = firstLine(text)
  return /^\s*(---|%YAML|\{|("[^"]*"|'[^']*'|[^\s:[\]=]+)\s*:(\s|$))/.test(line)
}
