# Prints the line of a user in the format of /etc/passwd, then the name of the user's primary group.
#
# $1 the user

# busybox does not have getent: all its users are in /etc/passwd
getent passwd "$1" 2>/dev/null || awk -F: -v u="$1" '$1 == u' /etc/passwd
id -gn "$1" 2>/dev/null
