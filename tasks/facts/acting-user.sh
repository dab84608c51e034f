# Prints the name and the UID of the acting user, the name and the GID of its group, the names of its groups, its home and its shell,
# one a line.

id -un
id -u
id -gn
id -g
id -Gn
printf '%s\n' "$HOME"
awk -F : -v u="$(id -un)" '$1 == u { print $7; exit }' /etc/passwd
