# Prints the waiting jobs of at of the acting user that contain a marker: for each a line with its number, and the lines of the job
# between the marker and its end, each with a dot before it.
#
# $1 the marker, a complete line of a job
# $2 the line that ends what is marked
#
# Exit statuses: 127 without at; that of atq if it fails.

command -v at >/dev/null || exit 127
begin=$1 end=$2
user=$(id -un)
jobs=$(atq) || exit
# the owner is the last word of a line: for root, atq lists the jobs of all users
printf '%s\n' "$jobs" | while read -r n rest; do
  [ "${rest##* }" = "$user" ] || continue
  at -c "$n" | {
    inside=
    while IFS= read -r l; do
      case $l in
      "$begin") inside=1 && echo "$n" ;;
      "$end") inside= ;;
      *) [ -z "$inside" ] || printf '.%s\n' "$l" ;;
      esac
    done
  }
done
