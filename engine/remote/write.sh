# Writes a file atomically: the new content gets owner and mode and is then renamed into place.
#
# $1 bytes on standard input; empty if a command prints the content
# $2 the command: shell text
# $3 expected SHA-256 of the content, or empty
# $4 owner, $5 group: empty for those of the existing file
# $6 mode of five digits; empty for that of the existing file, or 00644
# $7 command that validates the content, $v: shell text, or empty
# $8 1 to keep a copy of the file that is replaced (keep-copy.sh)
# $9 name of the partial file of a transfer that can be resumed (receive-part.sh), or empty
# ${10} bytes that the partial file has
# ${11}... as enter takes them
#
# Exit statuses: 5 incomplete content, 6 the path is of another type, 8 failed validation, 10 the command failed, 11 the content
# has another SHA-256, which is printed on standard error; and those of enter-folder.sh.
# shellcheck disable=SC2034 # the files that are sent before this one, and $7, read what it sets
set -e
. ./enter-folder.sh
. ./kinds.sh
. ./stage.sh

# all_came: fails the script unless $t has this size in bytes
all_came() {
  s=$(wc -c <"$t")
  if [ "$s" -ne "$size" ]; then
    echo "got $s of $size bytes" >&2
    exit 5
  fi
}

# in_place: overwrites $q with the content of $t. Meanwhile no one else can read it: neither the old content under the new
# mode, nor the new content under the old mode.
in_place() {
  if [ -n "$w" ]; then chown "$w" "$q"; fi
  if [ "$(stat -c %a -- "$q")" != "${m#0}" ]; then chmod 00600 "$q"; fi
  cat <"$t" >"$q"
  chmod "$m" "$q"
  sync -- "$q" 2>/dev/null || sync
}

size=$1 command=$2 sum=$3 owner=$4 group=$5 mode=$6 validate=$7 backup=$8 part=$9
shift 9
offset=$1
shift
enter "$@"
set --
# a link stays a link: its target is replaced
end
see
[ -z "$k" ] || regular
umask 077
# a partial file that is resumed can be old enough for `sweep` to remove it
if [ -z "$part" ]; then sweep; fi

# where the new content is created: $t is its name, $v its path, $q the file that it replaces, $z where it is moved to, and $b
# a name of the existing file that no one can give to another file
if [ -n "$safe" ]; then
  if [ -n "$part" ]; then t=./$part; else t=$(fresh); fi
  v=$(here "${t#./}") q=./$n z=./$n b=./$n
else
  stage
  t=./new/${part:-$n} v=$PWD/new/$n q=../$n z=.. b=./old
  # a second name of the file, as it is now. Where there can be none, as for what is mounted, no one can swap it either
  if [ -n "$k" ]; then
    if ln -- "../$n" ./old 2>/dev/null; then z=$n n=old; see; regular; n=$z z=.. h=$((h - 1)); else b=../$n; fi
  fi
fi

if [ -n "$part" ]; then receive_part
else
  if [ -n "$safe" ]; then
    trap 'trap "" HUP INT TERM PIPE; rm -f -- "$t"' EXIT
    trap 'exit 143' HUP INT TERM PIPE
  fi
  if [ -n "$size" ]; then
    # a lost connection ends the input early: the content must be complete before it replaces anything
    cat >"$t"
    all_came
  else
    if ( set +e; eval "$command" ) >"$t"; then :; else exit 10; fi
  fi
  if [ -n "$sum" ]; then
    s=$(sha256sum <"$t")
    s=${s%% *}
    [ "$s" = "$sum" ] || fail 11 "$s"
  fi
fi

if [ -n "$k" ]; then w=${owner:-$o}:${group:-$g}; else w=$owner${group:+:$group}; fi
# if others can change the folder, the existing file could be a hard link to a program of root: its special bits are not copied
if [ -n "$mode" ]; then m=$mode
else case "$k $safe $h" in " "*) m=00644 ;; *" 1 "* | *" 1") m=0$m ;; *) m=0${m#"${m%???}"} ;; esac; fi
# keeps the file's extended attributes, SELinux context and ACL. The ACL is part of the mode and is dropped if another mode is
# given. busybox cp cannot do this and fails
if [ -n "$k" ]; then
  cp --attributes-only --preserve=all --no-preserve="timestamps,ownership${mode:+,mode}" -- "$b" "$t" 2>/dev/null || :
fi
# chown first: it clears set-user-id bits that chmod then sets
if [ -n "$w" ]; then chown "$w" "$t"; fi
chmod "$m" "$t"
if [ -n "$validate" ]; then
  if e=$(eval "$validate" </dev/null 2>&1); then :; else
    printf '%s\n' "$e" >&2
    exit 8
  fi
fi
if [ -n "$backup" ] && [ -n "$k" ]; then keep_copy; fi
sync -- "$t" 2>/dev/null || sync
# if the file is a mount point, the system refuses the rename (EBUSY, EXDEV), and the file is overwritten in place: the new
# content is complete by then, but a concurrent reader can see half of it
if e=$(mv -f -- "$t" "$z" 2>&1); then :; else
  case $e in
  *'esource busy' | *'ross-device link') in_place ;;
  *)
    printf '%s\n' "$e" >&2
    exit 1
    ;;
  esac
fi
if [ -n "$part" ]; then remove_parts; fi
