# Defines a function that succeeds if a program of this host listens on a TCP port.
#
# $1 (of the function) the port

listens() {
  # /proc has ports in hexadecimal; state 0A is LISTEN
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v "port=$(printf ':%04X' "$1")" \
    '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }'
}
