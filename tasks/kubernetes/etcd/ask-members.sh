# Sends one request to the JSON gateway of etcd members, to all of them at the same time, and prints a line for each: its URL, a tab,
# what happened, a tab, and what etcd answered, or the reason why there is no answer. What happened is one of
#
#   an HTTP status  etcd answered
#   error           etcd answered with an error, and its status is not known
#   silent          nothing answers there, or not in time
#   unasked         the request could not be sent, or whoever answers is not trusted
#
# curl sends it. On a host without curl, kubectl does, which every control-plane node has and which also takes client certificates: it
# is not the first choice because it needs four times as long, and does not show what etcd says in an error. Not etcdctl, which today's
# packages do not install, and not etcdctl in etcd's container: that needs crictl, ctr or an API server that responds.
#
# $1 certificate of the authority
# $2 certificates of a client without `.crt`, each with its key in `.key`, separated by spaces: the first one that the host has is taken
# $3 the manifest of etcd
# $4 the path of the request, without the version of the API
# $5 the request as JSON
# $6 seconds to wait for an answer
# $7... URLs of members; `local` is the member of this host
#
# Exit statuses: 101 there is neither curl nor kubectl; if the authority is missing, or all certificates of a client: 102 without the
# manifest of etcd, 103 with it.

ca=$1 clients=$2 manifest=$3 path=$4 request=$5 seconds=$6
shift 6
cert='' key=''
for client in $clients; do
  if [ -s "$client.crt" ] && [ -s "$client.key" ]; then
    cert=$client.crt key=$client.key
    break
  fi
done
if [ ! -s "$ca" ] || [ -z "$cert" ]; then
  [ ! -e "$manifest" ] || exit 103
  exit 102
fi

if command -v curl >/dev/null; then
  # leaves the answer in $text and what happened in $what
  send() {
    text=$(curl -q -sS -g --noproxy '*' --proto =https --connect-timeout 5 --max-time "$seconds" --cacert "$ca" --cert "$cert" --key "$key" \
      -H 'Content-Type: application/json' --data-binary "$request" -w '\n%{http_code}' --url "$1" 2>&1)
    failed=$?
    what=${text##*
}
    text=${text%
*}
    [ "$failed" -eq 0 ] && return
    what=unasked
    case $failed in 5 | 6 | 7 | 28 | 52 | 55 | 56 | 92) what=silent ;; esac
    # a server that refuses the certificate says so after the handshake
    case $text in *certificate* | *alert*) what=unasked ;; esac
  }
elif command -v kubectl >/dev/null; then
  export NO_PROXY='*' no_proxy='*'
  send() {
    host=${1#https://}
    host=https://${host%%/*}
    if text=$(printf '%s' "$request" | kubectl --kubeconfig=/dev/null "--server=$host" "--certificate-authority=$ca" \
      "--client-certificate=$cert" "--client-key=$key" "--request-timeout=${seconds}s" create --raw "${1#"$host"}" -f - 2>&1); then
      what=200
      return
    fi
    case $text in
      *'Error from server (NotFound)'*) what=404 ;;
      *'Error from server'*) what=error ;;
      *refused* | *timeout* | *'deadline exceeded'* | *canceled* | *EOF* | *reset* | *'no route'* | *unreachable*) what=silent ;;
      *) what=unasked ;;
    esac
  }
else exit 101; fi

# etcd 3.3 has the gateway at /v3beta, 3.2 at /v3alpha. Those answer other paths with a text: JSON is from the gateway itself.
ask() {
  for version in v3 v3beta v3alpha; do
    send "$1/$version/$path"
    [ "$what" = 404 ] || break
    case $text in '{'*) break ;; esac
  done
  # an answer of several members must arrive in one piece, and they write at the same time
  printf '%s\t%s\t%s\n' "$1" "$what" "$(printf '%s' "$text" | tr '\n\t' '  ' | cut -c "1-$most")"
}

if [ "$*" = local ]; then
  most=1000000
  answer=$(ask https://127.0.0.1:2379)
  # in a cluster with IPv6 alone, it listens there; what answers without its certificate is not etcd
  case $answer in *'	silent	'*) other=$(ask 'https://[::1]:2379') ;; esac
  case ${other-} in *'	'[1-5][0-9][0-9]'	'* | *'	error	'*) answer=$other ;; esac
  printf '%s\n' "$answer"
else
  most=2000
  for url; do ask "$url" & done
  wait
fi
