# Prints how the host is reached: the SSH_CONNECTION of the session, or an empty line; then the ports of sshd, one per line.
#
# The shell of the session can be another user's, so its ancestors are looked at.

p=$$
while [ "${p:-1}" -gt 1 ]; do
  c=$(tr '\0' '\n' 2>/dev/null <"/proc/$p/environ" | sed -n 's/^SSH_CONNECTION=//p')
  [ -z "$c" ] || break
  p=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$p/status" 2>/dev/null)
done
echo "$c"
s=$(command -v sshd || echo /usr/sbin/sshd)
[ ! -x "$s" ] || "$s" -T 2>/dev/null | sed -n 's/^port //p'
