# Puts a new configuration of haproxy in place, and reloads a running haproxy. Signals do not end it in between: a file in place that
# haproxy has not read would look complete.
#
# $1 the new file
# $2 the path of the configuration

trap '' HUP INT TERM
mv -f -- "$1" "$2" && systemctl try-reload-or-restart haproxy
