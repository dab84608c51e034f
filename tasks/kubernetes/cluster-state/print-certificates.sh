# Prints the certificates of a control-plane node: rows of fields between tabs. Private keys stay on the host.
#
#   certificate  its path, and its DER in base64
#   kubeconfig   its path, and the certificate of its user in PEM, in base64 again

pem() {
  awk -v path="$1" '
    /-BEGIN CERTIFICATE-/ { text = ""; inside = 1; next }
    /-END CERTIFICATE-/ { if (inside) printf "certificate\t%s\t%s\n", path, text; inside = 0; next }
    inside { gsub(/[^A-Za-z0-9+\/=]/, ""); text = text $0 }
  ' "$1"
}
for path in /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt /var/lib/kubelet/pki/kubelet-client-current.pem; do
  [ -f "$path" ] && pem "$path"
done
for path in /etc/kubernetes/*.conf; do
  [ -f "$path" ] || continue
  printf 'kubeconfig\t%s\t%s\n' "$path" "$(sed -n 's/^ *client-certificate-data: *"\{0,1\}\([A-Za-z0-9+/=]*\).*$/\1/p' "$path" | head -n 1)"
done
