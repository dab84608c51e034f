#!/bin/bash
# Runs a command in a fresh clone of HEAD on a machine that has only Node, npm, git and ca-certificates: a root
# folder with Debian bookworm, with processes and mounts of its own. Needs root; installs mmdebstrap. What it downloads for the chroot is
# kept below ~/.cache/coxswain.
#
#   run.sh root|user COMMAND
set -euo pipefail
who=${1:?root or user} command=${2:?COMMAND}
tree=$(cd "$(dirname "$0")/../.." && pwd)
cache=${COXSWAIN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/coxswain}
base=$cache/bare-bookworm.tar

[ "$(id -u)" = 0 ] || { echo 'bare: needs root, for a chroot' >&2; exit 1; }
if [ ! -f "$base" ]; then
  command -v mmdebstrap >/dev/null || {
    echo 'bare: installing mmdebstrap with apt-get'
    apt-get update -qq && apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
  }
  echo "bare: making a Debian bookworm in $base"
  mkdir -p "$cache"
  mmdebstrap --quiet --format=tar --variant=minbase --include=ca-certificates,git bookworm "$base.new"
  mv "$base.new" "$base"
fi

root=$(mktemp -d "${TMPDIR:-/tmp}/coxswain-bare-XXXXXX")
trap 'rm -rf --one-file-system "$root"' EXIT
tar -C "$root" -xf "$base"

# Node and npm of this machine, and how this machine reaches the registries
node=$(node -p process.execPath)
npm=$(dirname "$(dirname "$(realpath "$(command -v npm)")")")
mkdir -p "$root/usr/local/lib/node_modules"
cp "$node" "$root/usr/local/bin/node"
cp -a "$npm" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
  [ ! -e "$file" ] || cat "$file" >"$root$file"
done
chroot "$root" useradd --create-home --shell /bin/bash plain
settings=$(npm config get userconfig)
for home in "$root/root" "$root/home/plain"; do
  [ ! -f "$settings" ] || install -m 644 "$settings" "$home/.npmrc"
done
git -C "$tree" bundle create --quiet "$root/srv/coxswain.bundle" HEAD
chmod 755 "$root" && chmod 644 "$root/srv/coxswain.bundle"

case $who in
  root) name=root home=/root ;;
  user) name=plain home=/home/plain ;;
  *) echo "bare: $who is neither root nor user" >&2; exit 1 ;;
esac
export bare_root=$root bare_name=$name bare_home=$home bare_command=$command
# shellcheck disable=SC2016 # the inner shell expands it
unshare --mount --pid --fork --kill-child bash -euc '
  mount --make-rprivate /
  # a mount that becomes the root: in a plain chroot, another mount namespace cannot be created
  mount --bind "$bare_root" "$bare_root"
  mount --rbind /dev "$bare_root/dev"
  mount --rbind /sys "$bare_root/sys"
  mount -t proc proc "$bare_root/proc"
  cd "$bare_root"
  pivot_root . mnt
  umount --lazy /mnt
  exec env --ignore-environment HOME="$bare_home" USER="$bare_name" LANG=C.UTF-8 ${CI:+CI="$CI"} \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt} \
    chroot --userspec="$bare_name:$bare_name" --groups="" / /bin/bash -c "
      cd \"\$HOME\" && git clone --quiet /srv/coxswain.bundle coxswain && cd coxswain && $bare_command"
'
