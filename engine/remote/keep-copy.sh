# keep_copy: copies the file that is replaced, with all its attributes. It needs what write.sh sets.
#
# Tools ignore names that end with ~. The name must be free: of two writes within a second, both copies must remain.
# shellcheck disable=SC2154 # the files that include this one set them

taken() { [ -e "$1" ] || [ -L "$1" ]; }
# copied NAME: makes the copy, unless something has the name
copied() {
  if [ -n "$safe" ]; then
    ! taken "./$1" || return 1
    # the name is taken by making the file: another write of ours may look for one now
    ( set -C; : >"./$1" ) 2>/dev/null || { ! taken "./$1" || return 1; : >"./$1"; }
    cp -p -- "$b" "./$1" || { rm -f -- "./$1"; exit 1; }
  else
    ! taken "../$1" || return 1
    cp -pP -- "$b" "./new/$1" || exit 1
    mv -n -- "./new/$1" .. || taken "../$1" || exit 1
    if taken "./new/$1"; then rm -f -- "./new/$1"; return 1; fi
  fi
}
keep_copy() {
  y=$n.$(date -u +%Y-%m-%dT%H:%M:%SZ) c=1
  until copied "$y$([ "$c" = 1 ] || printf .%s "$c")~"; do c=$((c + 1)); done
}
