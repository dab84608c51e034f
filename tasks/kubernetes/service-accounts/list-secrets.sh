# Prints which keys have signed the tokens in Secrets of the type kubernetes.io/service-account-token: only the headers of the tokens, which
# name the keys. The rest of a token, with the signature, stays between two programs of this host.
#
# $1 the kubeconfig
# $2 the URL of the API server
#
# Prints a line for each Secret: its namespace, a tab, its name, a tab, and the header in Base64; nothing for one without a token, ? for any other
# text in its place.

export NO_PROXY='*' no_proxy='*'
template='{{range .items}}{{.metadata.namespace}}{{"\t"}}{{.metadata.name}}{{"\t"}}{{with .data}}{{with .token}}{{printf "%q" (base64decode .)}}{{end}}{{end}}{{"\n"}}{{end}}'

{
  kubectl --kubeconfig "$1" --server "$2" --request-timeout=60s get secrets --all-namespaces --chunk-size=500 \
    --field-selector type=kubernetes.io/service-account-token -o go-template="$template" || echo failed
} | awk '
  # names do not have quotes, and a token in quotes is on one line, whatever it is
  $0 == "failed" { failed = 1; next }
  {
    quote = index($0, "\"")
    if (quote == 0) { print; next }
    token = substr($0, quote + 1, length($0) - quote - 1)
    end = index(token, ".")
    header = substr(token, 1, end - 1)
    if (end < 2 || end > 2000 || header !~ /^[A-Za-z0-9_-]+$/) header = "?"
    print substr($0, 1, quote - 1) header
  }
  END { exit failed }'
