# Prints what is mounted below folders, the last mounted first, one a line; not what is mounted at such a folder itself.
#
# $1... the folders, or links to them
. ./mounts-below.sh

for folder; do mounts_below "$folder"; done
