/** Names of temporary files on hosts, and the removal of those that an earlier run could not remove. Pure. */

/**
 * Shell functions for scripts whose current folder is the one that gets temporary files:
 *
 * - `fresh` makes one there, or with `-d` a folder, and prints its name. The name says which shell of which host made it.
 * - `sweep` removes those of the acting user that were left behind: by a shell of this host that is gone (it was killed, or
 *   the host lost power), or longer than a day ago by any. It must be called only where no one else can rename what is in
 *   the folder. It costs no process where nothing was left behind.
 */
export const temporaryFunctions = String.raw`
fresh() { mktemp "$@" "./.coxswain.$(uname -n).$$.XXXXXX"; }
sweep() {
  set -- ./.coxswain.*
  [ -e "$1" ] || [ -L "$1" ] || return 0
  for left do
    { [ -O "$left" ] && [ ! -L "$left" ]; } || continue
    case $left in
    ./.coxswain."$(uname -n)".*[0-9].??????)
      by=${'$'}{left%.??????}
      if kill -0 "${'$'}{by##*.}" 2>/dev/null; then continue; fi ;;
    *) [ -n "$(find "$left" -prune -mtime +0)" ] || continue ;;
    esac
    rm -rf -- "$left" || :
  done
}
`
