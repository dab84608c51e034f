# Prints the environment of a login shell of this user, in hexadecimal digits, after the line `environment`: what the files that it
# reads print comes before.

home=$HOME
shell=$(awk -F : -v u="$(id -un)" '$1 == u { print $7 }' /etc/passwd)
case $shell in */sh | */bash | */dash | */ash | */ksh | */zsh | */busybox) ;; *) shell=/bin/sh ;; esac
[ -x "$shell" ] || shell=/bin/sh
# od has the environment of the shell that starts it
env -i HOME="$home" USER="$(id -un)" LOGNAME="$(id -un)" SHELL="$shell" PATH="$PATH" \
  "$shell" -l -c 'echo; echo environment; od -An -v -tx1 /proc/self/environ' </dev/null
