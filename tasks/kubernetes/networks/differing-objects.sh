# Prints which objects of a cluster differ from the manifest on standard input, one a line, as kubectl names their files:
# GROUP.VERSION.KIND.NAMESPACE.NAME. What differs is not printed: it can be secret. Exits as `kubectl diff` does: with 0 if none differs,
# 1 if one does, and with more, or 1, if it fails.
#
# $1 the kubeconfig
# $2... arguments of `kubectl diff`
conf=$1
shift
# the status of kubectl goes around sed
exec 4>&1
status=$(
  {
    { kubectl --kubeconfig "$conf" diff "$@" -f - 3>&- 4>&-; echo "$?" >&3; } |
      sed -n 's/^--- [^[:space:]]*\/LIVE-[0-9]*\/\([^[:space:]]*\).*/\1/p' >&4
  } 3>&1
)
exit "$status"
