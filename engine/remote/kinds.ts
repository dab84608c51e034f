/** Shell text that tells what is at a path, when it is no regular file. Pure. */

/** Exit status of a script when something else than it needs is at the path. */
export const inTheWay = 6

/** Exit status of a script when it came upon a link that leads nowhere. */
export const deadLink = 7

/** Exit status of a script when a file's new content was found wrong. */
export const invalidContent = 8

/** Shell text that ends the script in words unless `$f` is a regular file, or a link to one. */
export const refuseUnlessRegular =
  `if [ ! -f "$f" ]; then if [ -d "$f" ]; then k='a directory'; elif [ -p "$f" ]; then k='a named pipe'; ` +
  `elif [ -S "$f" ]; then k='a socket'; else k='a device'; fi; ` +
  `printf '%s is %s, no regular file\\n' "$f" "$k" >&2; exit ${inTheWay}; fi`

/**
 * Shell text that sets `$f` to what it points to, where it is a link; when that leads nowhere, the script ends in words. It
 * goes step by step: busybox 1.35 finds with `readlink -f` no file that is yet to be made.
 */
export const followLink =
  `if [ -L "$f" ]; then l=$f; n=0; while [ -L "$f" ] && [ "$n" -lt 40 ]; do n=$((n + 1)); p=$(readlink -- "$f"); ` +
  `case $p in /*) f=$p;; *) f=$(dirname -- "$f")/$p;; esac; done; ` +
  `if [ -L "$f" ] || [ ! -d "$(dirname -- "$f")" ]; then ` +
  `printf '%s is a link to %s, which leads nowhere\\n' "$l" "$(readlink -- "$l")" >&2; exit ${deadLink}; fi; fi`
