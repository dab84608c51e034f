# Prints the name of a host, and its name with the domain, if it can be found out.

uname -n
full=$(hostname -f 2>/dev/null) || full=
[ -n "$full" ] || full=$(getent hosts "$(uname -n)" 2>/dev/null | awk 'NR == 1 { print $2 }')
printf '%s\n' "$full"
