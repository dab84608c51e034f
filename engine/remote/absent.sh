# absent PATH: ends the script with 3 if the path does not exist, with 4 if that cannot be found out.
#
# `test -e` is also false if a parent folder cannot be searched: only ls's message tells "absent" from "forbidden".

absent() {
  e=$(ls -d -- "$1" 2>&1 >/dev/null) || case $e in
  *"No such file"* | *"Not a directory"*) ;;
  *)
    printf '%s\n' "$e" >&2
    exit 4
    ;;
  esac
  exit 3
}
