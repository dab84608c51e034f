# Asks for a URL with wget, GNU's or busybox's: the body on standard output, the headers of the response on standard error.
#
# $1 the URL
# $2 seconds
# $3 1 if its certificate must be verified, which busybox's wget does not do
# $4 number of options for GNU's wget alone; they follow
# then options for both
#
# Exit statuses: 101 there is no wget, 102 it does not verify certificates.

command -v wget >/dev/null || exit 101
url=$1 seconds=$2 secure=$3 gnu=$4
shift 4
if wget --help 2>&1 | grep -qi busybox; then
  [ "$secure" -eq 0 ] || exit 102
  shift "$gnu"
  wget -S -T "$seconds" "$@" -O - "$url"
else wget -nv -S -T "$seconds" "$@" -O - "$url"; fi
