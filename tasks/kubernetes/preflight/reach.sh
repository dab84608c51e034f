# Prints how a port is reached: `open`, `closed`, or why it cannot be reached. A port where nothing listens answers too, if no firewall is
# in between; curl says so only in its log.
#
# $1 the address, IPv6 in brackets
# $2 the port

reach() {
  log=$(curl -q -sv --noproxy '*' --connect-timeout 3 --max-time 4 "telnet://$1:$2" 2>&1 >/dev/null </dev/null)
  case $log in
    *'Connected to'*) echo open ;;
    *refused*) echo closed ;;
    *[Tt]imed\ out* | *[Tt]imeout*) echo 'timed out' ;;
    *'No route'* | *nreachable*) echo 'no route' ;;
    *) echo 'no answer' ;;
  esac
}
