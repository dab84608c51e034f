/** Whether configuration files of ssh have relevant options. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

/** Options without effect on our connections. */
const harmless = new Set([
  'host',
  'sendenv',
  'setenv',
  'hashknownhosts',
  'gssapiauthentication',
  'gssapidelegatecredentials',
  'forwardx11',
  'forwardx11trusted',
  'forwardagent',
  'visualhostkey',
  'controlmaster',
  'controlpath',
  'controlpersist',
  'addkeystoagent',
])

/** The files of an `Include`; undefined if they cannot be determined. */
const included = (words: string, folder: string): string[] | undefined => {
  const found: string[] = []
  for (const word of words.trim().split(/\s+/)) {
    if (/["'~$%\\[\]{}]/.test(word)) return undefined
    const path = resolve(folder, word)
    const [place, name] = [dirname(path), basename(path)]
    if (/[*?]/.test(place)) return undefined
    if (!/[*?]/.test(name)) found.push(path)
    else if (existsSync(place)) {
      const source = name
        .replaceAll(/[.+^()|]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')
      const pattern = new RegExp(`^${source}$`)
      found.push(
        ...readdirSync(place)
          .filter((file) => pattern.test(file))
          .map((file) => resolve(place, file)),
      )
    }
  }
  return found
}

const deepest = 16

/**
 * Whether a configuration file is missing or has no relevant options, so that `ssh -G` is not needed. False when in
 * doubt.
 *
 * @param folder the base of relative paths of an `Include`: as in ssh, the folder of the first file.
 */
export const isQuiet = (file: string, folder = dirname(file), depth = 0): boolean => {
  if (depth > deepest) return false
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  }
  return text.split('\n').every((line) => {
    const [, key = '', value = ''] = /^\s*([^\s=#]+)[\s=]*(.*)$/.exec(line) ?? []
    if (key === '' || line.trim().startsWith('#')) return true
    if (key.toLowerCase() !== 'include') return harmless.has(key.toLowerCase())
    const files = included(value, folder)
    return files !== undefined && files.every((inner) => isQuiet(inner, folder, depth + 1))
  })
}
