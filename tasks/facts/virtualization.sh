# Prints `container=KIND` if this is a container, and `machine=KIND` if the machine is virtual; a kind that is not known is `other`.

container=
if [ -e /run/.containerenv ]; then container=podman
elif [ -e /.dockerenv ]; then container=docker
elif [ -r /run/systemd/container ]; then read -r container </run/systemd/container || :
elif command -v systemd-detect-virt >/dev/null; then
  container=$(systemd-detect-virt --container 2>/dev/null) || container=
fi
if [ -z "$container" ] && [ -r /proc/1/environ ]; then
  container=$(tr '\0' '\n' </proc/1/environ 2>/dev/null | sed -n 's/^container=//p')
fi
if [ -z "$container" ] && [ -d /proc/vz ] && [ ! -d /proc/bc ]; then container=openvz; fi
[ -z "$container" ] || printf 'container=%s\n' "$container"

machine=
if command -v systemd-detect-virt >/dev/null; then
  machine=$(systemd-detect-virt --vm 2>/dev/null) || machine=
else
  vendor=$(cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/class/dmi/id/bios_vendor 2>/dev/null)
  case $vendor in
    *KVM* | *'Google Compute'*) machine=kvm ;;
    *'Amazon EC2'*) machine=amazon ;;
    *QEMU*) machine=qemu ;;
    *VMware*) machine=vmware ;;
    *VirtualBox* | *innotek*) machine=oracle ;;
    *Xen*) machine=xen ;;
    *'Microsoft Corporation'*'Virtual Machine'*) machine=microsoft ;;
    *Parallels*) machine=parallels ;;
    *BHYVE*) machine=bhyve ;;
    *) if grep -q '^flags.* hypervisor' /proc/cpuinfo 2>/dev/null; then machine=other; fi ;;
  esac
fi
[ -z "$machine" ] || printf 'machine=%s\n' "$machine"
exit 0
