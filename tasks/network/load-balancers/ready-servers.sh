# Prints the URLs that answer with status 200, one a line. They are all asked at the same time, within 5 seconds. TLS is not verified: an
# answer is all that is asked for. Neither a proxy nor a configuration of curl takes part. Exits with 1 without curl.
#
# $@ the URLs

command -v curl >/dev/null || exit 1
for url; do
  {
    [ "$(curl -q -gsk --noproxy '*' -o /dev/null -w '%{http_code}' --max-time 5 "$url" </dev/null)" != 200 ] || echo "$url"
  } &
done
wait
