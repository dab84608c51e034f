/** The shell script that finds out whether a host would refuse a change of a path. It changes nothing. Pure. */
import type { FileOperation } from '../connection/types.ts'
import { ownership } from './attributes-script.ts'
import type { Attributes } from './attributes.ts'
import { enterFolderOf } from './enter-script.ts'
import { inTheWay, kindFunctions } from './kinds.ts'

type Could = Extract<FileOperation, { kind: 'could' }>

/**
 * `able`: ends the script unless something can be made in the current folder. Root is refused only what is mounted
 * read-only or has the attribute immutable.
 */
const able = String.raw`able() {
  [ ! -w . ] || return 0
  [ "$(id -u)" = 0 ] || fail 1 "Permission denied: $PWD"
  case $(lsattr -d . 2>/dev/null) in *i*\ .) fail 1 "Operation not permitted: $PWD" ;; esac
  fail 1 "Read-only file system: $PWD"
}`

/**
 * Lets chown judge the names of owner and group. It looks them up before it looks at the path, and nothing ever has the
 * empty path.
 */
const known = (attributes: Attributes): string => {
  const who = ownership(attributes)
  if (who === undefined) return ':'
  return `e=$(chown -- ${who} '' 2>&1) || case $e in *invalid*|*unknown*) fail 1 "$e" ;; esac`
}

/** What refuses a change of `$n` in the current folder, as the scripts that make the change do. */
const refusing: Readonly<Record<Could['change'], readonly string[]>> = {
  write: ['end; see', 'if [ -n "$k" ]; then regular; else able; fi'],
  directory: ['end; step "$n"'],
  link: [
    `if [ -d "./$n" ] && [ ! -L "./$n" ]; then fail ${inTheWay} "$(here "$n") is a directory, no link"; fi`,
    '[ -e "./$n" ] || [ -L "./$n" ] || able',
  ],
  attributes: ['end; [ -e "./$n" ] || missing "$n"', '[ ! -L "./$n" ] || moved "$n"'],
}

/** A script that ends as the change would where that is refused, and with 0 where nothing speaks against it. */
export const couldScript = ({ change, path, follow, ...attributes }: Could): string => {
  const instead = change === 'directory' ? { instead: `able; ${known(attributes)}` } : {}
  return [
    'set -e',
    able,
    enterFolderOf(path, { follow, ...instead }),
    kindFunctions,
    ...refusing[change],
    known(attributes),
  ].join('\n')
}
