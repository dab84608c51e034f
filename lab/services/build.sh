#!/bin/bash
# Prints the root file system of a host on which services can be installed without a network, as a tar: chrony, nginx, sshd and
# sudo of Debian, as packages of one family in /srv/repo. The programs are real; the names, paths and services are those of the family.
#
#   build.sh WORK_DIR debian|redhat|alpine > rootfs.tar
#
# debian has apt and systemd; redhat has dnf, rpm and systemd; alpine has OpenRC, and in the place of apk a program that unpacks.
set -euo pipefail
work=$(realpath -m "${1:?WORK_DIR}") family=${2:?FAMILY}
files=$(cd "$(dirname "$0")/files" && pwd)
root=$work/rootfs
rm -rf "$root"
mkdir -p "$work"
common=procps,openssl,curl,openssh-client,netcat-openbsd
case $family in
  debian) include=$common,systemd,systemd-sysv,dbus,systemd-timesyncd,apt-utils ;;
  redhat) include=$common,systemd,systemd-sysv,dbus,dnf,rpm,createrepo-c,chrony,nginx,openssh-server,sudo,tzdata ;;
  alpine) include=$common,openrc,chrony,nginx,openssh-server,sudo,tzdata ;;
esac
mmdebstrap --quiet --variant=minbase --include="$include" bookworm "$root" >&2
mkdir -p "$root/srv/repo" "$root/srv/tree"

# Moves the files of Debian packages to a folder of their own, and removes the packages; what they need stays.
take() { # NAME PACKAGE…
  local name=$1 tree=$root/srv/tree/$1
  shift
  mkdir -p "$tree"
  chroot "$root" dpkg -L "$@" | sort -u | while read -r path; do
    case $path in /bin | /lib | /sbin | /usr/share/doc/* | /usr/share/man/* | /etc/init.d/* | /lib/systemd/* | /usr/lib/systemd/* | /etc/nginx/sites-*) continue ;; esac
    if [ -L "$root$path" ] || [ -f "$root$path" ]; then install -d "$tree$(dirname "$path")" && cp -a "$root$path" "$tree$path"; fi
  done
  SUDO_FORCE_REMOVE=yes chroot "$root" dpkg --purge --force-all "$@" >&2
}

if [ "$family" != debian ]; then
  take chrony chrony
  take nginx nginx nginx-common
  take openssh-server openssh-server openssh-sftp-server
  take sudo sudo
  take tzdata tzdata
  rm -rf "$root/etc/nginx" "$root/etc/chrony" "$root/etc/ssh" "$root/etc/sudoers" "$root/etc/sudoers.d" "$root/srv/tree/nginx/etc/nginx/nginx.conf"
  tree=$root/srv/tree
  mkdir -p "$tree/nginx/etc/nginx/conf.d" "$tree/nginx/etc/nginx/http.d" "$tree/nginx/var/log/nginx" "$tree/nginx/var/lib/nginx" "$tree/openssh-server/etc/ssh/sshd_config.d" "$tree/sudo/etc/sudoers.d" "$tree/chrony/var/lib/chrony"
  [ -s "$tree/sudo/etc/sudoers" ] || install -m 440 /dev/null "$tree/sudo/etc/sudoers"
  printf 'root ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n' >"$tree/sudo/etc/sudoers"
  printf 'events {}\nhttp { include /etc/nginx/conf.d/*.conf; server { listen 80 default_server; } }\n' >"$tree/nginx/etc/nginx/nginx.conf"
  printf 'Include /etc/ssh/sshd_config.d/*.conf\nSubsystem sftp internal-sftp\n' >"$tree/openssh-server/etc/ssh/sshd_config"
  rm -rf "$tree/chrony/etc"
  for name in nginx:/sbin/nologin sshd:/sbin/nologin _chrony:/sbin/nologin; do
    chroot "$root" id "${name%%:*}" >/dev/null 2>&1 || chroot "$root" useradd --system --user-group --no-create-home --shell "${name#*:}" "${name%%:*}"
  done
fi

case $family in
  debian)
    # systemd-timesyncd is what a fresh Debian has
    chroot "$root" sh -c 'apt-get update -qq && apt-get install -qq --download-only --no-install-recommends chrony nginx openssh-server sudo' >&2
    mv "$root"/var/cache/apt/archives/*.deb "$root/srv/repo/"
    chroot "$root" sh -c 'cd /srv/repo && apt-ftparchive packages . >Packages'
    rm -f "$root"/etc/apt/sources.list.d/*
    echo 'deb [trusted=yes] copy:/srv/repo ./' >"$root/etc/apt/sources.list"
    ;;
  redhat)
    rm -f "$root/usr/lib/python3/dist-packages/dnf-plugins/local.py"
    mkdir -p "$root"/etc/rpm "$root"/etc/yum.repos.d "$root"/etc/pki/rpm-gpg "$root"/var/lib/rpm
    echo '%_dbpath /var/lib/rpm' >"$root/etc/rpm/macros"
    mkdir -p "$root/etc/dnf/vars" && echo 9 >"$root/etc/dnf/vars/releasever"
    printf 'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.0"\nPRETTY_NAME="Like Red Hat: rpm and dnf of Debian"\n' >"$root/usr/lib/os-release"
    mkdir -p "$tree/chrony/etc" && echo 'pool 2.rocky.pool.ntp.org iburst' >"$tree/chrony/etc/chrony.conf"
    for unit in chrony:chronyd nginx:nginx openssh-server:sshd; do
      install -D -m 644 "$files/${unit#*:}.service" "$tree/${unit%%:*}/usr/lib/systemd/system/${unit#*:}.service"
    done
    for name in chrony nginx openssh-server sudo tzdata; do
      # /lib and /sbin are links into /usr
      for top in lib sbin bin; do
        [ ! -d "$tree/$name/$top" ] || { mkdir -p "$tree/$name/usr/$top" && cp -a "$tree/$name/$top/." "$tree/$name/usr/$top/" && rm -r "${tree:?}/$name/$top"; }
      done
      {
        printf '%s\n' "Name: $name" 'Version: 1.0' 'Release: 1' 'Summary: x' 'License: none' 'AutoReqProv: no' '%global debug_package %{nil}' \
          '%global __os_install_post %{nil}' '%description' x '%install' "mkdir -p %{buildroot}; cp -a /srv/tree/$name/. %{buildroot}/" '%files'
        (cd "$tree/$name" && find . \( -type f -o -type l \) -printf '/%P\n' | sed 's,^/etc/,%config(noreplace) /etc/,')
        (cd "$tree/$name" && find . -mindepth 2 -type d -empty -printf '%%dir /%P\n')
      } >"$root/tmp/$name.spec"
      chroot "$root" rpmbuild -bb --quiet --define '_rpmdir /srv/repo' --define '_topdir /tmp/rpmbuild' "/tmp/$name.spec" >&2
    done
    chroot "$root" createrepo_c -q /srv/repo
    printf '[local]\nname=local\nbaseurl=file:///srv/repo\ngpgcheck=0\n' >"$root/etc/yum.repos.d/local.repo"
    ;;
  alpine)
    rm -f "$root"/etc/runlevels/*/* "$root"/etc/init.d/{hwclock.sh,procps,cgroups}
    printf 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.0\nPRETTY_NAME="Like Alpine: OpenRC of Debian"\n' >"$root/usr/lib/os-release"
    mkdir -p "$tree/chrony/etc/chrony" && echo 'pool pool.ntp.org iburst' >"$tree/chrony/etc/chrony/chrony.conf"
    mv "$tree/openssh-server" "$tree/openssh"
    for script in chrony:chronyd nginx:nginx openssh:sshd; do
      install -D -m 755 "$files/${script#*:}.initd" "$tree/${script%%:*}/etc/init.d/${script#*:}"
    done
    for name in chrony nginx openssh sudo tzdata; do tar -C "$tree/$name" -czf "$root/srv/repo/$name.tar.gz" .; done
    install -m 755 "$files/apk" "$root/sbin/apk"
    mkdir -p "$root/lib/apk/db" "$root/var/cache/apk" "$root/etc/apk"
    : >"$root/lib/apk/db/installed"
    ;;
esac
rm -rf "$root"/srv/tree "$root"/tmp/* "$root"/usr/share/{doc,locale,man,info} "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
if [ "$family" != alpine ]; then
  chroot "$root" systemctl --quiet mask systemd-udevd systemd-udevd-control.socket systemd-udevd-kernel.socket getty.target console-getty.service systemd-logind apt-daily.timer apt-daily-upgrade.timer fstrim.timer e2scrub_all.timer
fi
tar -C "$root" -c .
rm -rf "$root"
