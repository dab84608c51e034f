# Ends with 0 if a TCP port is open: with nc (netcat, busybox), bash's own sockets otherwise, curl as the last way.
#
# $1 the host
# $2 the port
# $3 seconds to wait

if command -v nc >/dev/null; then nc -z -w "$3" "$1" "$2" </dev/null
elif command -v bash >/dev/null; then bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null
else
  curl -qs --noproxy '*' --connect-timeout "$3" --max-time "$3" "telnet://$1:$2" </dev/null
  # 28 is a timeout of what follows the connection
  c=$?
  [ "$c" -eq 28 ] || [ "$c" -eq 0 ]
fi
