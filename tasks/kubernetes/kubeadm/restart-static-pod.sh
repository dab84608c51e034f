# Restarts a static pod: moves its manifest away until the pod no longer listens on its port, and puts it back. It is also put back if
# this program is ended, and by the next run if the host crashes in between.
#
# $1 the folder of the manifests
# $2 the folder where the manifest is meanwhile, on the same file system
# $3 the name of the static pod
# $4 its TCP port
# $5 seconds to wait until it has stopped
#
# Exit statuses: 101 it has not stopped in time.

. ./listens.sh

from=$1/$3.yaml
away=$2/$3.yaml

put_back() {
  [ -e "$away" ] || return 0
  # one that was written meanwhile is newer
  if [ -e "$from" ]; then rm -f "$away"; else mv "$away" "$from"; fi
}

trap put_back EXIT
trap 'exit 130' HUP INT TERM

if [ -e "$away" ] && [ ! -e "$from" ]; then
  # an earlier run has stopped it
  exit 0
fi
[ -d "$2" ] || mkdir -m 700 "$2" || exit
mv -f "$from" "$away" || exit
last=$(($(date +%s) + $5))
while listens "$4"; do
  [ "$(date +%s)" -lt "$last" ] || exit 101
  sleep 0.2 2>/dev/null || sleep 1
done
