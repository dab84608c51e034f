# Puts a new configuration in place, and reloads a running service. If that fails, the former configuration is put back: the service
# still runs with it, and a file in place that it has not read would look complete. Signals do not end it in between.
#
# $1 the new file
# $2 the path of the configuration
# $3 the service
#
# Exit status: that of the reload.

trap '' HUP INT TERM
former=$2.former
rm -f -- "$former"
[ ! -e "$2" ] || cp -p -- "$2" "$former" || exit
mv -f -- "$1" "$2" || exit
systemctl try-reload-or-restart "$3"
status=$?
if [ "$status" -eq 0 ]; then
  rm -f -- "$former"
elif [ -e "$former" ]; then
  mv -f -- "$former" "$2"
else
  rm -f -- "$2"
fi
exit "$status"
