# Prints why a host needs a reboot, one reason a line; nothing if it does not, as far as its programs say. Exits with 101 if none of
# them can say.

known=
said=
for flag in /run/reboot-required /var/run/reboot-required; do
  if [ ! -e "$flag" ]; then continue; fi
  if [ -s "$flag.pkgs" ]; then sort -u "$flag.pkgs" | sed 's/^/package /'; else echo "$flag"; fi
  exit 0
done
if [ -e /run/reboot-needed ]; then
  echo /run/reboot-needed
  exit 0
fi
if [ -e /var/lib/dpkg/status ]; then known=1; fi

# each of them also exits with 1 when it fails, so its output decides
if command -v needs-restarting >/dev/null; then
  said=$(needs-restarting -r 2>/dev/null) && known=1
elif command -v dnf >/dev/null; then
  said=$(dnf -q -C needs-restarting -r 2>/dev/null) && known=1
fi
case $said in
  *'eboot is required'*)
    echo needs-restarting
    exit 0
    ;;
esac
if command -v zypper >/dev/null; then
  zypper -n needs-rebooting >/dev/null 2>&1
  case $? in
    0) known=1 ;;
    102)
      echo zypper
      exit 0
      ;;
  esac
fi

# a kernel whose modules are gone was replaced by an update: Arch and Alpine keep only the newest
if [ ! -e /run/.containerenv ] && [ ! -e /.dockerenv ]; then
  running=$(uname -r)
  for folder in /lib/modules/* /usr/lib/modules/*; do
    if [ ! -e "$folder/modules.dep" ]; then continue; fi
    known=1
    if [ -d "/lib/modules/$running" ] || [ -d "/usr/lib/modules/$running" ]; then break; fi
    echo "the modules of the running kernel $running are gone"
    exit 0
  done
fi
[ -n "$known" ] || exit 101
