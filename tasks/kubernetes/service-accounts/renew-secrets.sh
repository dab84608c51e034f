# Lets the controller manager write new tokens into Secrets of the type kubernetes.io/service-account-token, by removing the present ones.
#
# $1 the kubeconfig
# $2 the URL of the API server
# stdin: the namespace, a space and the name of each Secret, a line for each
#
# Prints what kubectl says of those that are not changed, a line for each.

config=$1 server=$2
export NO_PROXY='*' no_proxy='*'
# a Secret that is of another type meanwhile is not changed
patch='[{"op":"test","path":"/type","value":"kubernetes.io/service-account-token"},{"op":"remove","path":"/data/token"}]'

while IFS=' ' read -r namespace name; do
  said=$(kubectl --kubeconfig "$config" --server "$server" --request-timeout=15s -n "$namespace" patch secret "$name" \
    --type=json -p "$patch" 2>&1 >/dev/null </dev/null) ||
    printf '%s/%s: %s\n' "$namespace" "$name" "$(printf '%s' "$said" | tr '\n' ' ' | cut -c 1-300)"
done
