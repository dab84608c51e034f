# Prints `little` or `big`, the order of bytes on this machine, then the sockets that wait for others, one a line: the protocol, the
# address and port as the kernel has them, and the UID of their owner.

case $(printf '\1\0' | od -An -td2 | tr -d ' ') in 1) echo little ;; *) echo big ;; esac
for protocol in tcp tcp6 udp udp6; do
  wanted=0A
  case $protocol in udp*) wanted=07 ;; esac
  awk -v p="$protocol" -v s="$wanted" '$4 == s { print p, $2, $8 }' "/proc/net/$protocol" 2>/dev/null
done
exit 0
