# Prints what df -Pk says about the file system in which a folder is or would be created: that of its nearest existing parent.
#
# $1 the folder, an absolute path

path=$1
until [ -d "$path" ]; do
  path=${path%/*}
  [ -n "$path" ] || path=/
done
df -Pk "$path"
