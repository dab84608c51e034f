# Asks etcd at peer URLs for its members, all of them at the same time, with the certificate of this host's member. A member answers there
# also without a quorum, and when it has started without one; at its client URL, it does not answer then.
#
# $1 the folder of etcd's certificates
# $2... peer URLs
#
# Prints a line for each: its URL, a tab, what happened, a tab, and the answer or the reason. What happened is one of
#
#   answers  the answer follows
#   silent   no connection could be made
#   unasked  there is no answer, for another reason: also if a connection was made, and no answer came in time, as of an etcd whose disk hangs
#
# The gateway speaks HTTP/1.1 at peer URLs; what speaks HTTP/2 there is taken to gRPC.
#
# Exit statuses: 101 there is neither curl nor kubectl.

ca=$1/ca.crt cert=$1/peer.crt key=$1/peer.key
shift
if command -v curl >/dev/null; then
  send() {
    text=$(curl -q -sS -g --http1.1 --noproxy '*' --proto =https --connect-timeout 5 --max-time 10 --cacert "$ca" --cert "$cert" --key "$key" \
      -w '\n%{time_connect} %{local_port}' --url "$1/members" 2>&1)
    failed=$?
    connected=${text##*
}
    text=${text%
*}
    what=answers
    [ "$failed" -eq 0 ] && return
    what=unasked
    # Without a connection, the port is 0 or -1. The time alone is not enough: curl 7.88 leaves it at 0 when the TLS handshake times out.
    case $failed:${connected%% *}:${connected##* } in
      *:*[1-9]*:*) ;;
      7:*:0 | 7:*:-1 | 28:*:0 | 28:*:-1) what=silent ;;
    esac
  }
elif command -v kubectl >/dev/null; then
  send() {
    text=$(GODEBUG=http2client=0 NO_PROXY='*' kubectl --kubeconfig=/dev/null "--server=$1" "--certificate-authority=$ca" "--client-certificate=$cert" \
      "--client-key=$key" --request-timeout=15s get --raw /members 2>&1) && what=answers && return
    what=unasked
    # Go gives a TLS handshake 10 s: one that waits for its connection for 15 s could not connect
    case $text in
      *'TLS handshake'*) ;;
      *refused* | *'waiting for connection'* | *'dial tcp'*timeout* | *'no route'* | *unreachable*) what=silent ;;
    esac
  }
else exit 101; fi

for url; do
  {
    send "$url"
    printf '%s\t%s\t%s\n' "$url" "$what" "$(printf '%s' "$text" | tr '\n\t' '  ' | cut -c 1-20000)"
  } &
done
wait
