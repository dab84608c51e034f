# Asks what answers at the endpoint of a cluster: rows of fields between tabs. It sends requests without credentials.
# `row` and `reach` are there.
#
# $1 the host of the endpoint, IPv6 without brackets
# $2 its port
#
#   resolves  an address that the host has for the endpoint's name
#   resolver  `none` if the host has no program that says it
#   endpoint  `answers` (HTTPS), `http` (HTTP without TLS), `accepts` (connections alone), `open`, `closed`, or why it cannot be reached.
#             Where it answers and this host has the authority of a cluster, then also `own` if that has signed the certificate,
#             `dates` if the certificate is not valid now, `names` if it does not name the endpoint, `other` if it is another's

ask_endpoint() {
  if command -v getent >/dev/null; then
    # without a DNS server that answers, it would take minutes
    timeout 8 getent ahosts "$1" | awk '!seen[$1]++ { printf "resolves\t%s\n", $1 }'
  else
    printf 'resolver\tnone\n'
  fi
  command -v curl >/dev/null || return 0
  case $1 in *:*) at="[$1]" ;; *) at=$1 ;; esac
  get() { curl -q -gsS --noproxy '*' --connect-timeout 3 --max-time 6 -o /dev/null "$@" 2>&1 </dev/null; }
  authority=/etc/kubernetes/pki/ca.crt
  if [ -f "$authority" ]; then
    # what curl says at its end has nothing of the server in it
    log=$(get --cacert "$authority" "https://$at:$2/version")
    failed=$?
    case $failed:$log in
      0:*) said=own ;;
      60:*expired* | 60:*'not yet valid'*) said=dates ;;
      # 51 is that of curl before 7.62
      60:*'subject name'* | 51:*) said=names ;;
      *) said=other ;;
    esac
    case $failed in 51 | 60) failed=0 ;; esac
  else
    get -k "https://$at:$2/version" >/dev/null
    failed=$? said=
  fi
  case $failed in
    0) row endpoint answers "$said" ;;
    6) row endpoint unresolved ;;
    35 | 52 | 56) if get "http://$at:$2/" >/dev/null; then row endpoint http; else row endpoint accepts; fi ;;
    *) row endpoint "$(reach "$at" "$2")" ;;
  esac
}
