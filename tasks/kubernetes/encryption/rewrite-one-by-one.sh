# Writes objects again through an API server, as they are, so that it encrypts them with its first key. An object that changes meanwhile
# is refused by the API server, because its resourceVersion is another one then.
#
# $1 the kubeconfig
# $2 the URL of the API server
# stdin: the paths of the objects in the API, a line for each
#
# Prints a line for each object that was not written: its path, a tab, `gone` or `changed`; or `read` or `write` for what failed, a tab, and
# what kubectl said.

config=$1 server=$2
export NO_PROXY='*' no_proxy='*'
newline='
'

# $1 what failed; leaves in $said what kubectl says of it, on one line
failed() {
  # at the beginning of a line: a webhook can say the same words in its own
  case $newline$said in
    *"${newline}Error from server (NotFound)"*) said=gone ;;
    *"${newline}Error from server (Conflict)"*) said=changed ;;
    *) said=$(printf '%s\t%s' "$1" "$(printf '%s' "$said" | tr '\n\t' '  ' | cut -c 1-300)") ;;
  esac
  printf '%s\t%s\n' "$path" "$said"
}

# the object is in a variable of this shell: it is not an argument of any program, and in no file
while IFS= read -r path; do
  set -- kubectl --kubeconfig "$config" --server "$server" --request-timeout=15s
  if ! object=$("$@" get --raw "$path" 2>/dev/null </dev/null); then
    # asked again for the reason: what kubectl warns of is not a part of the object
    said=$("$@" get --raw "$path" 2>&1 >/dev/null </dev/null) && said='Error from server (Conflict)'
    failed read
  elif ! said=$(printf '%s' "$object" | "$@" replace --raw "$path" -f - 2>&1 >/dev/null); then
    failed write
  fi
done
