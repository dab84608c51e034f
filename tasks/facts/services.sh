# Prints the service manager of a host: systemd, openrc or none; then its services, one a line. For systemd, after `units`, the lines
# of list-units, and after `files` those of list-unit-files. For openrc, in fields between tabs: name, state, and the runlevel that
# starts it, if one does.

if [ -d /run/systemd/system ]; then
  echo systemd
  echo units
  systemctl list-units --type=service --all --plain --no-legend --no-pager --full
  echo files
  systemctl list-unit-files --type=service --no-legend --no-pager --full
elif [ -d /run/openrc ] || command -v rc-service >/dev/null; then
  echo openrc
  for file in /etc/init.d/*; do
    name=${file##*/}
    if [ ! -x "$file" ]; then continue; fi
    case $name in *.sh | functions) continue ;; esac
    state=stopped
    for one in started starting stopping inactive failed; do
      if [ -e "/run/openrc/$one/$name" ]; then state=$one; fi
    done
    level=
    for link in /etc/runlevels/*/"$name"; do
      if [ -e "$link" ]; then level=${link%/*}; fi
    done
    printf '%s\t%s\t%s\n' "$name" "$state" "${level##*/}"
  done
else
  echo none
fi
exit 0
