# open_file: changes into the folder of the file $n and opens the file as descriptor 3. It needs enter-folder.sh and kinds.sh.
#
# It must be a regular file: opening a pipe would block, and a device has no end. If others can change the folder, the open file
# must still have this name: otherwise content that only root can read could be written into a file of theirs.
#
# Exit statuses: 3 it does not exist, 4 it cannot be opened, 6 it is not a regular file.
# shellcheck disable=SC2154 # the files that include this one set them

open_file() {
  end
  [ -e "./$n" ] || exit 3
  [ -f "./$n" ] || { see; regular; }
  exec 3<"./$n" || exit 4
  [ -n "$safe" ] || [ "$(stat -c %d:%i -- "./$n")" = "$(stat -L -c %d:%i /proc/self/fd/3)" ] || moved "$n"
}
