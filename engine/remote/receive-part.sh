# Functions for transfers that can be resumed. They need what write.sh sets.
# shellcheck disable=SC2154 # the files that include this one set them
. ./own-part.sh

# receive_part: appends standard input to the partial file, $t. If the script is stopped, as it is when the connection breaks,
# the file is kept; if the script fails, it is removed. If others can change the folder, it is in the stage meanwhile.
#
# Exit status: 5 if the partial file is not as expected, or the content has another SHA-256.
receive_part() {
  if [ "$offset" = 0 ]; then
    # a new file, created by us: not one that another user has put there
    if [ -n "$safe" ]; then rm -f -- "$t"; fi
    ( set -C; : >"$t" )
  else
    [ -n "$safe" ] || mv -f -- "../$part" ./new/ 2>/dev/null || :
    if ours && [ "$(stat -c %s -- "$t")" -eq "$offset" ]; then :; else
      echo 'what had come of it is not as it was' >&2
      exit 5
    fi
  fi
  keep=
  if [ -n "$safe" ]; then trap 'trap "" HUP INT TERM PIPE; [ -n "$keep" ] || rm -f -- "$t"' EXIT
  else trap 'trap "" HUP INT TERM PIPE; [ -z "$keep" ] || mv -f -- "$t" ..; tidy' EXIT; fi
  trap 'keep=1; exit 143' HUP INT TERM PIPE
  cat >>"$t"
  all_came
  s=$(sha256sum <"$t")
  s=${s%% *}
  if [ "$s" != "$sum" ]; then
    echo "what came is not what was sent: its sha256 is $s" >&2
    exit 5
  fi
  if [ -z "$safe" ]; then
    trap 'exit 143' HUP INT TERM PIPE
    mv -- "$t" "./new/$n"
    t=./new/$n
  fi
}

# remove_parts: removes the partial file, and those of transfers of other content into the same file that were not resumed
remove_parts() {
  family=${part%.*.part}
  if [ -n "$safe" ]; then rm -f -- "./$family".*.part; else rm -f -- "../$family".*.part; fi
}
