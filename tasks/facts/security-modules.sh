# Prints the security modules of the kernel as NAME=VALUE: modules, selinux (1 enforces, 0 only reports), SELINUX and SELINUXTYPE of
# its configuration, apparmor (Y or N).

show() {
  if [ -r "$2" ]; then printf '%s=%s\n' "$1" "$(cat "$2" 2>/dev/null)"; fi
}
show modules /sys/kernel/security/lsm
show selinux /sys/fs/selinux/enforce
show apparmor /sys/module/apparmor/parameters/enabled
if [ -r /etc/selinux/config ]; then grep -E '^SELINUX(TYPE)?=' /etc/selinux/config; fi
exit 0
