/** The shell scripts that set owner and mode of what is there, or of a folder that they make. Pure. */
import type { FileOperation } from '../connection/types.ts'
import { enterFolderOf, stageFunctions } from './enter-script.ts'
import type { Attributes } from './attributes.ts'
import { inTheWay, kindFunctions } from './kinds.ts'
import { exactMode, folderMode } from './mode-script.ts'
import { quote } from './quote.ts'

/** Owner and group as `chown` takes them, quoted. */
export const ownership = ({ owner, group }: Attributes): string | undefined => {
  if (owner === undefined && group === undefined) return undefined
  return quote(`${owner ?? ''}${group === undefined ? '' : `:${group}`}`)
}

/** Sets owner and mode of the current folder. */
const folderAttributes = ({ mode, ...whose }: Attributes): string[] => {
  const who = ownership(whose)
  return [
    ...(mode === undefined ? [] : [folderMode(mode)]),
    ...(who === undefined ? [] : [`chown ${who} .`]),
    ...(mode === undefined ? [] : ['chmod "$m" .']),
  ]
}

/** Sets owner and mode of files, whose names are the arguments; where there is more than one of them, all get the same. */
const fileAttributes = ({ mode, ...whose }: Attributes): string[] => {
  const who = ownership(whose)
  if (mode !== undefined)
    return [
      ...(who === undefined ? [] : [`chown ${who} -- "$@"`]),
      // chown clears set-user-id bits, so the mode is set after it
      `chmod ${exactMode(mode)} -- "$@"`,
    ]
  if (who === undefined) return []
  return [`for q do m=$(stat -c %a -- "$q"); chown ${who} "$q"; chmod "00$m" "$q"; done`]
}

/**
 * Shell function `change NAME...`, which sets owner and mode of what has these names in the current folder. Links among
 * them are left alone. Where others can change the folder, files are given a second name in a folder of ours before: there
 * nobody can put another file in their place.
 */
export const attributeFunctions = (attributes: Attributes): string => String.raw`
folders() {
  for n do
    if [ -d "./$n" ] && [ ! -L "./$n" ]; then ( step "$n"; ${folderAttributes(attributes).join('; ') || ':'} ); fi
  done
}
own() { [ "$#" -eq 0 ] || { ${fileAttributes(attributes).join('; ') || ':'}; }; }
files() {
  c=$#
  for n do
    # each that is a file goes to the end, and those that were here in the beginning go
    if [ -L "./$n" ] || [ -d "./$n" ]; then :; else set -- "$@" "./$n"; fi
  done
  shift "$c"
  [ "$#" -gt 0 ] || return 0
  if [ -n "$safe" ]; then own "$@"; return; fi
  y=$u
  stage
  c=$#
  for n do
    ln -- "../$n" ./new/
    n=new/${'$'}{n#./}
    see
    case $k in symbolic*) fail 1 "$n was changed by others while it was looked at" ;; esac
    [ "$h" -le 2 ] || { [ "$o" = "$y" ] && ! trusted "$y"; } ||
      fail ${inTheWay} "$n has other names: it is a hard link to a file that may be elsewhere"
    set -- "$@" "./$n"
  done
  shift "$c"
  own "$@"
}
change() { folders "$@"; files "$@"; }
`

/** A script that sets owner and mode of what is there. */
export const attributesScript = (operation: Extract<FileOperation, { kind: 'attributes' }>): string =>
  [
    'set -e',
    enterFolderOf(operation.path, operation),
    kindFunctions,
    stageFunctions,
    attributeFunctions(operation),
    'end; [ -e "./$n" ] || missing "$n"',
    '[ ! -L "./$n" ] || moved "$n"',
    'change "$n"',
  ].join('\n')

/** A script that makes a folder and its parents, and sets owner and mode of the folder. */
export const directoryScript = (operation: Extract<FileOperation, { kind: 'directory' }>): string =>
  [
    'set -e',
    enterFolderOf(operation.path, { follow: operation.follow, make: true }),
    'end; step "$n"',
    ...folderAttributes(operation),
  ].join('\n')
