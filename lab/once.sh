#!/bin/bash
# Makes a folder of the cache, if it does not exist. A second process that wants the same waits for the first. An interrupted
# command leaves only a draft, which the next one replaces.
#
#   once.sh FOLDER COMMAND ARGUMENT...    runs `COMMAND DRAFT ARGUMENT...`
set -euo pipefail
folder=${1:?FOLDER} command=${2:?COMMAND}
shift 2
mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9
if [ ! -e "$folder" ]; then
  rm -rf "$folder.draft"
  mkdir "$folder.draft"
  "$command" "$folder.draft" "$@" 9>&-
  mv "$folder.draft" "$folder"
fi
rm -f "$folder.lock"
