# Prints those of the given programs that the host does not have.
#
# $@ names of programs

for t do command -v "$t" >/dev/null 2>&1 || echo "$t"; done
