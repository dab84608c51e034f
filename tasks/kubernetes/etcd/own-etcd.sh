# Finds the programs of the etcd that runs on this host: those in its container, which root can start from outside. Nothing else has
# them: hosts have neither etcd nor its tools. Leaves `.` in $bin, and their folder as the current one, so that the path to it cannot
# change any more; $bin is empty if there is no such process. Says on standard error why programs that were found are not used.

# Whether a process is root's and has the database of this host's etcd open. Both are of the kernel: a user can choose the name and the
# arguments of a process, and a container what its paths lead to, but it cannot open that database.
is_own_etcd() {
  case $(readlink "$1/exe" 2>/dev/null) in */etcd) ;; *) return 1 ;; esac
  # not the owner of its folder in /proc, which is root for each process that must not be dumped (proc(5))
  grep -qx 'Uid:[[:space:]]*0[[:space:]]*0[[:space:]]*0[[:space:]]*0' "$1/status" 2>/dev/null || return 1
  for open in "$1"/fd/*; do
    # dash and busybox know -ef
    # shellcheck disable=SC3013
    [ ! "$open" -ef /var/lib/etcd/member/snap/db ] || return 0
  done
  return 1
}

# Whether only root can change a file or a folder.
is_roots() {
  [ -O "$1" ] && [ ! -L "$1" ] || return 1
  case $(ls -ld "$1") in ?????w* | ????????w*) return 1 ;; esac
}

bin=''
for process in /proc/[0-9]*; do
  is_own_etcd "$process" || continue
  path=$(readlink "$process/exe")
  cd "$process/root${path%/*}" 2>/dev/null || continue
  # another process can have got its number in between
  is_own_etcd "$process" || continue
  # used by the files that include this one
  # shellcheck disable=SC2034
  bin=.
  for program in . ./etcd ./etcdctl ./etcdutl; do
    [ ! -e "$program" ] && [ ! -L "$program" ] || is_roots "$program" || bin=''
  done
  [ -n "$bin" ] || echo 'another user can replace the programs of etcd in its container: they are not used' >&2
  break
done
