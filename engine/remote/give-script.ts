/** The shell script that gives what belongs to one user below a folder to another. Pure. */
import type { FileOperation } from '../connection/types.ts'
import { enterFolder, stageFunctions } from './enter-script.ts'
import { kindFunctions } from './kinds.ts'
import { quote } from './quote.ts'

/**
 * Shell function `give`, which does it in the current folder and below, on the same file system. Whoever controls a folder can
 * put a link, a hard link or a file of another in the place of any name: a folder is entered first, everything else gets a
 * second name in a folder of ours, and its owner is looked at then.
 */
const giving = String.raw`
own() {
  for q do
    s=$(stat -c '%u %a %F' -- "$q") || exit 1
    [ "${'$'}{s%% *}" = "$from" ] || continue
    chown -h "$to" -- "$q" || exit 1
    # chown takes set-user-id and set-group-id away
    case $s in *' symbolic'*) ;; *) s=${'$'}{s#* }; chmod "00${'$'}{s%% *}" -- "$q" || exit 1 ;; esac
  done
}
give() {
  set --
  for e in ./* ./.[!.]* ./..?*; do
    if [ -d "$e" ] && [ ! -L "$e" ]; then
      ( step "${'$'}{e#./}"; [ "$(stat -c %d .)" != "$disk" ] || give ) || exit
    elif [ "$(stat -c %u -- "$e" 2>/dev/null)" = "$from" ]; then set -- "$@" "$e"
    fi
  done
  look
  if [ "$u" = "$from" ]; then chown "$to" . || exit; chmod "00$a" . || exit; fi
  [ "$#" -gt 0 ] || return 0
  if [ -n "$safe" ]; then own "$@"
  else
    (
      stage
      for e do ln -- "../${'$'}{e#./}" ./new/ 2>/dev/null || { [ ! -e "../$e" ] && [ ! -L "../$e" ]; } || moved "$e"; done
      for e in ./new/* ./new/.[!.]* ./new/..?*; do
        if [ -e "$e" ] || [ -L "$e" ]; then own "$e"; fi
      done
    ) || exit
  fi
}
`.replaceAll(/^\s*#.*\n/gm, '')

/** A script that gives what belongs to one user in a folder, and the folder itself, to another. */
export const giveScript = ({ path, from, to }: Extract<FileOperation, { kind: 'give' }>): string =>
  [
    'set -e',
    enterFolder(path),
    kindFunctions,
    stageFunctions,
    giving,
    `from=${quote(String(from))} to=${quote(String(to))} disk=$(stat -c %d .)`,
    'give',
  ].join('\n')
