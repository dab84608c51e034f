/** The shell scripts that change several files below a folder. Pure. */
import type { FileOperation } from '../connection/types.ts'
import { enterFolder, stageFunctions } from './enter-script.ts'
import { attributeFunctions } from './attributes-script.ts'
import { foreignLink, inTheWay, kindFunctions, noContent, notAskedFor } from './kinds.ts'
import { placeScript } from './place-script.ts'
import { quote } from './quote.ts'
import { removeFunctions } from './remove-script.ts'

/** Owner and group as chown takes them; empty when neither is given. */
export const ownerWords = ({
  owner,
  group,
}: {
  owner?: string | undefined
  group?: string | undefined
}): string => `${owner ?? ''}${group === undefined ? '' : `:${group}`}`

/**
 * `put FOLDER` moves what is in a folder of the stage, which is reached through the open descriptor 9, into the current
 * one: what is not a folder by a rename each, a folder that is not there yet as one, and the rest folder by folder. It
 * does not go through links.
 */
const putting = String.raw`
put() (
  # the braces are apart, or the find around it would put a name in their place
  find "$1/." -maxdepth 1 ! -type d -exec sh -c 'mv -f -- "$@" .' sh {} +
  for e in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -L "$e" ] || [ ! -d "$e" ]; then continue; fi
    b=${'$'}{e##*/}
    if [ -L "./$b" ] && [ -z "$free" ]; then
      fail ${foreignLink} "$(here "$b") is a link: nothing is written through it"
    elif [ -e "./$b" ]; then
      # modes of folders that are there stay; the one here may be closed to us
      chmod u+rwx -- "$e"
      ( step "$b" && put "$e" ) || exit
    elif [ -w "$e" ]; then mv -- "$e" .
    else
      # only who may write into a folder may move it to another
      m=$(stat -c %a -- "$e"); chmod u+w -- "$e"; mv -- "$e" .; chmod "$m" -- "./$b"
    fi
  done
)`

const special = '\\( -perm -4000 -o -perm -2000 \\)'

/** What an archive of others can hold beside files, folders and links. */
const withoutSpecial = String.raw`
b=$(find . ! -type f ! -type d ! -type l | head -n 1)
[ -z "$b" ] || fail ${notAskedFor} "$b is a device, a pipe or a socket"
find . -type f ${special} -exec chmod ug-s {} +
[ -n "$g" ] || find . -type d ${special} -exec chmod ug-s {} +`

/** A second name of a file that is not in the archive would let its owner and mode be changed here. */
const withoutOthers = String.raw`
find . -type f -exec stat -c '%h %i' {} + | grep -v '^1 ' | sort | uniq -c | {
  while read -r c h i; do [ "$c" = "$h" ] || exit 1; done
} || fail ${inTheWay} 'it holds a hard link to a file outside of it'`

/** chown takes set-user-id and set-group-id away. */
const giving = (whose: string): string =>
  whose === ''
    ? ''
    : `find . ! \\( -type f ${special} \\) -exec chown -h ${quote(whose)} {} +
find . -type f ${special} -exec sh -c 'o=$1; shift; for f do m=$(stat -c %a -- "$f"); chown -h "$o" -- "$f"; chmod "$m" -- "$f"; done' sh ${quote(whose)} {} +`

/**
 * A script that lets a command make files in a folder that nobody else can enter, and moves them into place when all of them
 * are there.
 */
export const treeScript = (operation: Extract<FileOperation, { kind: 'tree' }>): string =>
  [
    'set -e',
    enterFolder(operation.path, operation),
    stageFunctions,
    putting,
    'sweep',
    'exec 8<.',
    'stage',
    // a folder below one with set-group-id has it too
    `case $(stat -c %a .) in 2*) g=1 ;; *) g= ;; esac`,
    'exec 9<./new',
    '(',
    'cd new',
    `if ( set +e; ${placeScript(operation.at, operation.command, true)}\n) then :; else exit ${noContent}; fi`,
    ...(operation.special ? [] : [withoutSpecial]),
    withoutOthers,
    giving(ownerWords(operation)),
    'sync -f . 2>/dev/null || sync',
    'cd -P /proc/self/fd/8',
    'put /proc/self/fd/9',
    ')',
    'b=$(find ./new ! -type d | head -n 1); b=${b#./new/}',
    `if [ -d "../$b" ] && [ -n "$b" ]; then fail ${inTheWay} "\${f%/}/$b is a directory: a file cannot take its place"; fi`,
    '[ -z "$b" ] || fail 1 "cannot move $b into place"',
  ].join('\n')

/** Names by the folder that they are in, at most so many together: a command line has an end. */
const byFolder = (names: readonly string[], most = 200): (readonly [folder: string, names: string[]])[] => {
  const groups: [string, string[]][] = []
  for (const path of names) {
    const at = path.lastIndexOf('/')
    const [folder, name] = at < 0 ? ['.', path] : [path.slice(0, at), path.slice(at + 1)]
    const last = groups.at(-1)
    if (last !== undefined && last[0] === folder && last[1].length < most) last[1].push(name)
    else groups.push([folder, [name]])
  }
  return groups
}

/** A script that changes owner, group or mode of paths below a folder, or removes them. */
export const eachScript = (operation: Extract<FileOperation, { kind: 'each' }>): string =>
  [
    'set -e',
    enterFolder(operation.path, operation),
    kindFunctions,
    stageFunctions,
    ...(operation.change === 'remove'
      ? [removeFunctions, 'change() { for n do ( cut ); done; }']
      : [attributeFunctions(operation)]),
    // with an `||` after it, `set -e` would not count in the subshell, and the last command alone would say how it went
    ...byFolder(operation.names).map(
      ([folder, names]) => `( walk ${quote(folder)}; look; change ${names.map(quote).join(' ')} )`,
    ),
  ].join('\n')
