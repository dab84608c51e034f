# Asks API servers whether they are ready, all of them at the same time, and prints a line for each: its URL, a tab, what happened, a tab,
# and what it said. What happened is an HTTP status, `silent` if nothing answers there within 5 seconds, or `unasked` if it could not be
# asked. TLS is not verified: the status is all that is asked for, without credentials. Neither a proxy nor a configuration of curl takes
# part.
#
# $@ the URLs

if command -v curl >/dev/null; then
  ask() {
    text=$(curl -q -gsSk --noproxy '*' --max-time 5 -w '\n%{http_code}' "$1" 2>&1 </dev/null)
    failed=$?
    what=${text##*
}
    text=${text%
*}
    case $failed in
      0) ;;
      6 | 7 | 28 | 35 | 52 | 55 | 56) what=silent ;;
      *) what=unasked ;;
    esac
  }
else
  ask() { what=unasked text='curl is not installed'; }
fi

for url; do
  {
    ask "$url"
    # an answer of several must arrive in one piece
    printf '%s\t%s\t%s\n' "$url" "$what" "$(printf '%s' "$text" | tr '\n\t' '  ' | cut -c 1-2000)"
  } &
done
wait
