# Has a command create files in a folder that no one else can enter, and then moves all of them into place.
#
# $1 the command: shell text that creates files in the current folder
# $2 owner and group in the syntax of chown, or empty
# $3 1 to keep set-user-id and set-group-id bits, devices, pipes and sockets
# $4... as enter takes them
#
# Exit statuses: 10 the command failed, 12 it created something that needs $3, 6 a path is of another type than needed.
set -e
. ./enter-folder.sh
. ./kinds.sh
. ./stage.sh

# put FOLDER: moves the content of a folder of the stage, open as descriptor 9, into the current folder: each file by a rename,
# a folder that does not exist yet as one, and other folders entry by entry. It does not follow links.
put() (
  # the braces are apart, or the find around it would put a name in their place
  find "$1/." -maxdepth 1 ! -type d -exec sh -c 'mv -f -- "$@" .' sh {} +
  for e in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -L "$e" ] || [ ! -d "$e" ]; then continue; fi
    b=${e##*/}
    if [ -L "./$b" ] && [ -z "$free" ]; then
      fail 9 "$(here "$b") is a link: nothing is written through it"
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
)

# plain: rejects devices, pipes and sockets, and clears set-user-id and set-group-id bits: an archive can contain them
plain() {
  b=$(find . ! -type f ! -type d ! -type l | head -n 1)
  [ -z "$b" ] || fail 12 "$b is a device, a pipe or a socket"
  find . -type f \( -perm -4000 -o -perm -2000 \) -exec chmod ug-s {} +
  [ -n "$g" ] || find . -type d \( -perm -4000 -o -perm -2000 \) -exec chmod ug-s {} +
}

# single: rejects hard links to files outside of the archive: owner and mode of such a file would be changed
single() {
  find . -type f -exec stat -c '%h %i' {} + | grep -v '^1 ' | sort | uniq -c | {
    while read -r c h i; do [ "$c" = "$h" ] || exit 1; done
  } || fail 6 'it holds a hard link to a file outside of it'
}

# give: changes the owner and restores set-user-id and set-group-id, which chown clears
give() {
  find . ! \( -type f \( -perm -4000 -o -perm -2000 \) \) -exec chown -h "$whose" {} +
  find . -type f \( -perm -4000 -o -perm -2000 \) -exec sh -c 'o=$1; shift; for f do m=$(stat -c %a -- "$f"); chown -h "$o" -- "$f"; chmod "$m" -- "$f"; done' sh "$whose" {} +
}

command=$1 whose=$2 special=$3
shift 3
enter "$@"
set --
sweep
exec 8<.
stage
# a folder inherits set-group-id from its parent
case $(stat -c %a .) in 2*) g=1 ;; *) g= ;; esac
exec 9<./new
(
  cd new
  if ( set +e; eval "$command" ); then :; else exit 10; fi
  if [ -z "$special" ]; then plain; fi
  single
  if [ -n "$whose" ]; then give; fi
  sync -f . 2>/dev/null || sync
  cd -P /proc/self/fd/8
  put /proc/self/fd/9
)
b=$(find ./new ! -type d | head -n 1)
b=${b#./new/}
if [ -d "../$b" ] && [ -n "$b" ]; then fail 6 "${f%/}/$b is a directory: a file cannot take its place"; fi
[ -z "$b" ] || fail 1 "cannot move $b into place"
