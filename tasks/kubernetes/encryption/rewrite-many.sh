# Writes objects again through an API server, as they are, so that it encrypts them with its first key. An object that changes meanwhile
# is refused by the API server, because its resourceVersion is another one then.
#
# $1 the kubeconfig
# $2 the URL of the API server
# stdin: a List in JSON with the kinds, namespaces and names of the objects
#
# Prints NAMESPACE/NAME for each object that was written. Why others were not is not said: rewrite-one-by-one.sh finds it out.

export NO_PROXY='*' no_proxy='*'
set -- kubectl --kubeconfig "$1" --server "$2" --request-timeout=15s

# two programs for all of them; the objects are on their way between these two alone, and in no file
"$@" get -f - -o json --ignore-not-found 2>/dev/null |
  "$@" replace -f - --validate=false -o 'jsonpath={.metadata.namespace}/{.metadata.name}{"\n"}' 2>/dev/null
exit 0
