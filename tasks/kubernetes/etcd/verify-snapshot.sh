# Restores a snapshot into an etcd that exists for this purpose only, starts it, and asks it. It listens on loopback addresses, and only
# for clients with a certificate of the cluster: it has all its secrets. Its data is removed at the end.
#
# $1 the snapshot
# $2 certificate of the authority
# $3 certificate of the server
# $4 its key
# $5 certificate of the client
# $6 its key
# $7 seconds to wait until it responds
#
# Prints what etcdctl says about the keys of Kubernetes: `"Revision" : N` and `"Count" : N`, each on a line of its own.
#
# Exit statuses: 101 no etcd runs here whose programs could be used, 102 the snapshot cannot be restored, 103 the etcd did not respond.

. ./own-etcd.sh

file=$1 ca=$2 cert=$3 key=$4 client=$5 client_key=$6 seconds=$7
[ -n "$bin" ] || exit 101
umask 077
# of earlier runs that were killed: those of root, and never what a link leads to
for old in "${file%/*}"/.verify.*; do
  [ ! -O "$old" ] || [ -L "$old" ] || rm -rf "$old"
done
work=$(mktemp -d "${file%/*}/.verify.XXXXXX") || exit
pid=''
cleanup() {
  [ -z "$pid" ] || { kill "$pid" && wait "$pid"; } 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' HUP INT TERM

# /proc has ports in hexadecimal
is_free() { ! cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "$(printf ':%04X' "$1") "; }
port=23790
until is_free "$port" && is_free "$((port + 1))"; do port=$((port + 2)); done
url=https://127.0.0.1:$port
peer=https://127.0.0.1:$((port + 1))

# up to 3.4, etcdctl restores
restore=$bin/etcdutl
[ -x "$restore" ] || restore=$bin/etcdctl
ETCDCTL_API=3 "$restore" snapshot restore "$file" --name verify --data-dir "$work/data" --initial-cluster "verify=$peer" \
  --initial-advertise-peer-urls "$peer" >"$work/log" 2>&1 || {
  tail -n 3 "$work/log" >&2
  exit 102
}
# it ends also if this program is killed
timeout -s KILL "$((seconds + 60))" "$bin/etcd" --name verify --data-dir "$work/data" --listen-client-urls "$url" --advertise-client-urls "$url" \
  --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "verify=$peer" \
  --cert-file "$cert" --key-file "$key" --trusted-ca-file "$ca" --client-cert-auth \
  --peer-cert-file "$cert" --peer-key-file "$key" --peer-trusted-ca-file "$ca" --peer-client-cert-auth \
  --log-level error >"$work/log" 2>&1 &
pid=$!
end=$(($(date +%s) + seconds))
until ETCDCTL_API=3 "$bin/etcdctl" --endpoints "$url" --cacert "$ca" --cert "$client" --key "$client_key" --command-timeout 5s \
  get /registry/ --prefix --count-only --write-out fields >"$work/said" 2>>"$work/log"; do
  if ! kill -0 "$pid" 2>/dev/null || [ "$(date +%s)" -ge "$end" ]; then
    tail -n 3 "$work/log" >&2
    exit 103
  fi
  sleep 1
done
grep -E '^"(Revision|Count)"' "$work/said"
