# Prints where established connections of this host lead, one line each as the kernel has it (proc(5), /proc/net/tcp), and the addresses that
# the host has for names, as `NAME<tab>ADDRESS`. Connections of pods with a network of their own are not among them.
#
# $1 the ports, in four hexadecimal digits each, between blanks
# $2... names

ports=" $1 "
shift
for name; do
  if command -v getent >/dev/null; then
    timeout 8 getent ahosts "$name" | awk -v name="$name" '!seen[$1]++ { printf "%s\t%s\n", name, $1 }'
  fi
done
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v ports="$ports" '$4 == "01" && split($3, at, ":") == 2 && index(ports, " " at[2] " ") { print $3 }'
