# Prints the container runtime, with the word draft if a container of that name exists; then the ID of an image, or an empty
# line; then the JSON of a container, if it exists.
#
# $1 name of the container, $2 of its draft
# $3 the image
# $4... runtimes to look for
#
# Exit status: 101 if the host does not have any of them.

name=$1 draft=$2 image=$3
shift 3
for t do
  command -v "$t" >/dev/null && break
  t=
done
[ -n "$t" ] || exit 101
n=$("$t" ps -a --format '{{.Names}}') || exit
d=
if printf '%s\n' "$n" | grep -Fxq -- "$draft"; then d=' draft'; fi
echo "$t$d"
"$t" image inspect --format '{{.Id}}' "$image" 2>/dev/null || echo
if printf '%s\n' "$n" | grep -Fxq -- "$name"; then "$t" container inspect "$name"; fi
