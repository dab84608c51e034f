# below FOLDER NAME...: calls `change` for names in a folder below the current one. It needs enter-folder.sh.
#
# With an || after the call, `set -e` would be ignored in the subshell, and only the last command would count.

below() (
  walk "$1"
  shift
  look
  change "$@"
)
