# Saves a snapshot of the etcd member of this host, through its JSON gateway. The file appears only when it is complete: etcd ends a
# snapshot with the SHA-256 of what is before. Prints its path, a tab, its revision, a tab, and that SHA-256.
#
# curl sends the request. On a host without curl, kubectl does, which every control-plane node has.
#
# $1 certificate of the authority
# $2 certificate of the client
# $3 its key
# $4 the folder
# $5 the name of the cluster: the file is NAME-TIME-rREVISION.db, with the time in UTC
# $6 the revision, for hosts on which etcdutl cannot say it: that of the member right before, so at least this one
# $7 seconds for the transfer
#
# Exit statuses: 101 there is neither curl nor kubectl, 102 the member did not send a complete snapshot.

. ./own-etcd.sh

ca=$1 cert=$2 key=$3 folder=$4 name=$5 revision=$6 seconds=$7
umask 077
mkdir -p "$folder" || exit
# of earlier runs that were killed: those of root, and never what a link leads to
for old in "$folder"/.snapshot.*; do
  [ ! -O "$old" ] || [ -L "$old" ] || rm -rf "$old"
done
work=$(mktemp -d "$folder/.snapshot.XXXXXX") || exit
part=$work/part
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

if command -v curl >/dev/null; then
  send() {
    curl -q -sS -g -N --noproxy '*' --proto =https --connect-timeout 5 --max-time "$seconds" --cacert "$ca" --cert "$cert" --key "$key" \
      -H 'Content-Type: application/json' --data-binary '{}' --url "$1/v3/maintenance/snapshot"
  }
elif command -v kubectl >/dev/null; then
  export NO_PROXY='*' no_proxy='*'
  send() {
    printf '{}' | kubectl --kubeconfig=/dev/null "--server=$1" "--certificate-authority=$ca" "--client-certificate=$cert" \
      "--client-key=$key" "--request-timeout=${seconds}s" create --raw /v3/maintenance/snapshot -f -
  }
else exit 101; fi

# each line of the answer has a part, in base64; others have what etcd says about an error
for url in https://127.0.0.1:2379 'https://[::1]:2379'; do
  : >"$work/said"
  {
    send "$url" |
      awk -v said="$work/said" -F '"blob":"' 'NF > 1 { sub(/".*/, "", $2); print $2; next } { print >said }' |
      base64 -d >"$part"
  } 2>"$work/errors"
  cat "$work/errors" "$work/said" | cut -c 1-300 | sed "s|^|$url: |" >>"$work/why"
  [ -s "$part" ] && break
done
size=$(wc -c <"$part")
last=$(tail -c 32 "$part" | od -An -v -tx1 | tr -d ' \n')
sum=''
[ "$size" -le 32 ] || sum=$(head -c "$((size - 32))" "$part" | sha256sum | cut -c 1-64)
if [ "$sum" != "$last" ] || [ -z "$sum" ]; then
  cat "$work/why" >&2
  echo "$size bytes came, and they do not end with their SHA-256" >&2
  exit 102
fi

# the member writes on while a snapshot is taken: only the snapshot itself knows its revision
if [ -n "$bin" ] && said=$("$bin/etcdutl" snapshot status "$part" -w json 2>/dev/null); then
  exact=${said#*'"revision":'}
  exact=${exact%%[!0-9]*}
  [ -z "$exact" ] || revision=$exact
fi
file=$folder/$name-$(date -u +%Y%m%dT%H%M%SZ)-r$revision.db
sync "$part" 2>/dev/null || sync
mv "$part" "$file" || exit
printf '%s\t%s\t%s\n' "$file" "$revision" "$sum"
