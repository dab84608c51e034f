# Prints when the lists of dnf were refreshed, in seconds since 1970; fails if there are no lists.
#
# $1 the file that is touched at each refresh

stamp=$1
# dnf 5 uses another folder for the lists; "dnf clean" empties both
set -- /var/cache/dnf/*/repodata /var/cache/libdnf5/*/repodata
if [ -d "$1" ] || [ -d "$2" ]; then stat -c %Y "$stamp"; else exit 1; fi
