import { shell } from '../../../engine/index.ts'
import type { CommandOptions, Remote } from '../../../engine/index.ts'

/**
 * Moves all but folders from `$1` into the folder of the same name below `$0`, each by a rename. The braces are apart, or
 * the find around it would put a name in their place.
 */
const moveFiles = `find "$1" -maxdepth 1 ! -type d -exec sh -c 'mv -f -- "$@" "$0/"' "$0/$1" {""} +`

/**
 * Moves the folder `$1` whole to below `$0`, where there is none; fails where there is one. Only who may write into a folder
 * may move it to another, so one that is for reading alone gets its mode there.
 */
const moveFolder = `[ ! -e "$0/$1" ] && if [ -w "$1" ]; then mv -- "$1" "$0/$1"; else
  m=$(stat -c %a -- "$1") && chmod u+w -- "$1" && mv -- "$1" "$0/$1" && chmod "$m" -- "$0/$1"; fi`

/** Opens the folders that are left in `$s` to who moves or removes what is in them. */
const openFolders = shell`find "$s" -type d ! -perm -700 -exec chmod u+rwx {} \\; || :`

/** Owner and group as chown takes them; empty when neither is told. */
export const ownerWords = ({
  owner,
  group,
}: {
  owner?: string | undefined
  group?: string | undefined
}): string => `${owner ?? ''}${group === undefined ? '' : `:${group}`}`

/**
 * Unpacks an archive into a folder that is there: into a hidden one in it first, and when all of it has come, each file
 * takes its place by a rename.
 *
 * @param tar the words of tar's command line.
 */
export const unpack = async (
  remote: Remote,
  tar: readonly string[],
  given: CommandOptions & {
    readonly dest: string
    readonly owner?: string | undefined
    readonly group?: string | undefined
  },
): Promise<void> => {
  const { dest, owner, group, ...options } = given
  const whose = ownerWords({ owner, group })
  const chown = whose === '' ? shell`` : shell`chown -hR ${whose} .;`
  await remote.run(options)`set -e; cd -- ${dest}; d=$PWD
    s=$(mktemp -d "$d/.coxswain.XXXXXX"); trap 'cd /; ${openFolders}; rm -rf -- "$s"' EXIT; trap 'exit 143' HUP INT TERM; cd "$s"
    tar ${tar}; ${chown} sync -f . 2>/dev/null || sync
    find . ! -name . -type d -exec sh -c ${moveFolder} "$d" {} \\; -prune
    ${openFolders}
    find . -type d -exec sh -c ${moveFiles} "$d" {} \\;
    left=$(find . ! -type d | head -n 1); if [ -n "$left" ]; then echo "cannot move $left into place" >&2; exit 1; fi`
}
