# Prints which files in a folder belong to no package of the host, one a line.
#
# $1 the folder
for file in "$1"/* "$1"/.[!.]*; do
  [ -e "$file" ] || [ -h "$file" ] || continue
  dpkg-query -S "$file" >/dev/null 2>&1 && continue
  rpm -qf "$file" >/dev/null 2>&1 && continue
  printf '%s\n' "$file"
done
