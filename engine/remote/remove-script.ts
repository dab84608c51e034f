/** The shell script that removes. Pure. */
import type { FileOperation } from '../connection/types.ts'
import { enterFolderOf, stageFunctions } from './enter-script.ts'

/**
 * Shell function `cut`, which removes what is at `$n` in the current folder.
 *
 * GNU's rm goes from folder to folder by descriptors. Others go by paths, and who can change a folder below could let them
 * remove what is elsewhere: for these, each folder is first closed to everybody else, from the top down.
 */
export const removeFunctions = String.raw`
# shut NAME: closes a folder of the current one, and those in it, to everybody else
shut() (
  s=$(stat -c '%d:%i %F' -- "./$1")
  [ "${'$'}{s#* }" = directory ] || exit 0
  cd -P -- "./$1" || exit
  [ "$(stat -c %d:%i .)" = "${'$'}{s%% *}" ] || swapped
  chown "${'$'}{me:=$(id -u)}" . 2>/dev/null || :
  chmod 0700 . || exit
  for e in ./* ./.[!.]* ./..?*; do
    if [ -d "$e" ] && [ ! -L "$e" ]; then shut "${'$'}{e#./}" || exit; fi
  done
)
cut() {
  case $(rm --version 2>/dev/null) in
  *GNU*) rm -rf -- "./$n" ;;
  *)
    if [ ! -d "./$n" ] || [ -L "./$n" ]; then rm -f -- "./$n"
    elif [ -n "$safe" ]; then shut "$n"; rm -rf -- "./$n"
    else stage; mv -f -- "../$n" ./new/; ( cd new && shut "$n" )
    fi
  esac
}`

/** A script that removes what is at a path; nothing there is fine. */
export const removeScript = ({ path, recursive }: Extract<FileOperation, { kind: 'remove' }>): string =>
  [
    'set -e',
    enterFolderOf(path, { missing: 0 }),
    ...(recursive ? [stageFunctions, removeFunctions, 'cut'] : ['rm -f -- "./$n"']),
  ].join('\n')
