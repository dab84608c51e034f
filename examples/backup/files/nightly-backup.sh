#!/bin/sh
# Archives the folders of /etc/default/nightly-backup and removes the oldest archives.
set -eu
umask 077
# shellcheck source=/dev/null
. /etc/default/nightly-backup
now=$(date +%Y-%m-%d-%H%M%S)
# a name of its own until it is complete: what ends with .tar.gz can be restored
trap 'rm -f "$TARGET/.$now"' EXIT
# $FOLDERS is a list of words
# shellcheck disable=SC2086
tar -czf "$TARGET/.$now" -C / $FOLDERS 2>/dev/null || [ $? -eq 1 ]
mv "$TARGET/.$now" "$TARGET/$now.tar.gz"
# its own archives, whose names have neither blanks nor newlines
# shellcheck disable=SC2012
ls -1 "$TARGET" | head -n "-$KEEP" | while read -r old; do rm -f "$TARGET/$old"; done
